import type { IncomingHttpHeaders } from 'node:http';
import type { Operation } from '../support/operations';
import type { FaultKind } from '../faults/faults';

/** A request that the fake received. */
export interface RequestRecord {
  /** Counted from 1 over all requests of this fake. */
  index: number;
  method: string;
  /** As sent, without the query string. */
  path: string;
  query: Record<string, string>;
  /** Operation of the API; absent if the path or the method is not one of the API's. */
  operation?: Operation | undefined;
  jobId?: string | undefined;
  /** Which check of its job this is, counted from 1. */
  check?: number | undefined;
  /** Names of the uploaded files of an accepted start. */
  uploads?: string[] | undefined;
  /** Milliseconds on the fake's clock at arrival. */
  at: number;
  /** Headers of the request. The value of the key is never kept. */
  headers: Record<string, string>;
  /** The job's status in its timeline at that time, whatever the answer. */
  jobStatus?: string | undefined;
  /** HTTP status of the answer; null if none was sent. */
  status: number | null;
  /** The faults that were applied, in order. */
  faults: FaultKind[];
}

const SECRET_HEADERS = new Set(['unstructured-api-key', 'authorization', 'proxy-authorization', 'cookie']);

/** Headers for the log: the names of all, and the values of those that carry no secret. */
export function redactHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADERS.has(name) ? '[redacted]' : String(value)]),
  );
}

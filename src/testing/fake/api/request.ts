import type { IncomingMessage } from 'node:http';
import type { ParsedFault } from '../faults/faults';
import type { Reply } from '../support/reply';
import type { JobState } from '../job/job-state';
import type { World } from '../world/world';

/** A request with a known operation that has passed the key check. */
export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** The path's parameters, decoded. */
  params: Record<string, string>;
  /** Milliseconds on the fake's clock. */
  now: number;
  world: World;
  body: IncomingMessage;
}

export interface ApiAnswer {
  reply: Reply;
  /** The faults of the job that the request is about. */
  faults?: ParsedFault[];
  job?: { state: JobState; status: string; check?: number };
}

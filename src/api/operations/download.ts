import type { Readable } from 'node:stream';
import { Pace } from '../../network/pace';
import type { AnswerHead } from '../http/answer';
import { isEncoded } from '../http/decode';
import { HttpError } from '../http/http-error';
import { StreamBody } from '../http/stream-body';
import type { CallOptions, Operation, Transport } from '../http/transport';

/** An output that is being downloaded. */
export interface JobOutput {
  contentType: string;
  /** Size in bytes as announced; undefined if the answer is compressed or does not announce it. */
  bytes: number | undefined;
  /**
   * JSON text as received: an array of elements, an object for extractor nodes, or another value, JSON Lines included. The stream ends only
   * if the transfer is complete and the text is JSON; otherwise it fails with an UnstructuredApiError. Destroying it aborts the request.
   */
  body: Readable;
}

export interface DownloadOptions extends CallOptions {
  /** Node whose output to download. @default the file's final output; some deployments answer 404 to that */
  nodeId?: string | undefined;
}

/** `GET /jobs/{job_id}/download`. Resolves with the head of the answer; the body follows as it is read. `jobId` is checked. */
export function downloadJobOutput(
  transport: Transport,
  jobId: string,
  fileId: string,
  { nodeId, signal, timeoutMs }: DownloadOptions,
): Promise<JobOutput> {
  return new Promise((resolve, reject) => {
    const left = new AbortController();
    let body: Readable | undefined;
    const operation: Operation<void> = {
      method: 'GET',
      path: `/jobs/${jobId}/download`,
      query: { file_id: fileId, ...(nodeId !== undefined && { node_id: nodeId }) },
      jobId,
      isTransfer: true,
      receive(head, { redactor }) {
        const pace = new Pace(transport.minimumRate, (figures) =>
          left.abort(new HttpError('timeout', `the transfer stalled: ${figures}`)),
        );
        const sink = new StreamBody(head, pace);
        pace.begin();
        body = sink.readable;
        body.once('close', () => left.abort());
        resolve({
          contentType: redactor.known(String(head.headers['content-type'] ?? 'application/json')),
          bytes: promisedBytes(head),
          body,
        });
        return sink;
      },
    };
    const signals = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    transport.send(operation, { signal: signals, timeoutMs }).then(
      () => body?.push(null),
      (error: unknown) => {
        body?.destroy(error as Error);
        // The caller's own reason is passed on unchanged.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}

function promisedBytes(head: AnswerHead): number | undefined {
  const length = isEncoded(head) ? NaN : Number(head.headers['content-length']);
  return Number.isSafeInteger(length) ? length : undefined;
}

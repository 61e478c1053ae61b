import type { Job } from '../core/job';
import { getJobOperation } from './get-job';
import { checkJobId } from './ids';
import { resolveClientOptions, type UnstructuredClientOptions } from './options';
import { Transport, type CallOptions } from './transport';

export type { CallOptions, UnstructuredClientOptions };

/**
 * Client of the Unstructured Platform API. Sends each request exactly once and never retries: that is left to Temporal, or to you.
 *
 * @example
 * await using client = new UnstructuredClient({ apiKey: process.env.UNSTRUCTURED_API_KEY! });
 * const job = await client.getJob('0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52');
 */
export class UnstructuredClient implements AsyncDisposable {
  readonly #transport: Transport;

  /** @throws UnstructuredValidationError where an option is unknown or wrong; the message names it and never holds the key */
  constructor(options: UnstructuredClientOptions) {
    this.#transport = new Transport(resolveClientOptions(options));
  }

  /**
   * Asks for one job as it stands now.
   * @throws UnstructuredError of the class that {@link ERROR_KINDS} gives for what happened; the signal's own reason where `signal` aborted
   */
  async getJob(jobId: string, options?: CallOptions): Promise<Job> {
    return this.#transport.send(getJobOperation(checkJobId(jobId, () => this.#transport.redactor())), options);
  }

  /** Lets running requests end, then closes the connections. Further calls fail. A `dispatcher` that was passed in stays open. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

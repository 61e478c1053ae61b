import { UnstructuredApiError } from '../core/errors';
import type { Job } from '../core/job';
import type { FailedFile, JobDetails, JobFileStatus } from '../core/job-details';
import { type CallOptions, type Operation, Transport } from './http/transport';
import { Upload, type UploadFile } from './http/upload';
import { getJobDetailsOperation, getJobFailedFilesOperation, getJobFileStatusOperation } from './operations/documents';
import { downloadJobOutput, type DownloadOptions, type JobOutput } from './operations/download';
import { checkFileId, checkUuid } from './operations/ids';
import {
  cancelJobOperation,
  getJobOperation,
  type JobFilter,
  type ListJobsAnswer,
  listJobsOperation,
} from './operations/jobs';
import {
  createJobOperation,
  type JobTemplate,
  readConflict,
  toRequestData,
  type RunWorkflowAnswer,
  runWorkflowOperation,
} from './operations/starts';
import { resolveClientOptions, type UnstructuredClientOptions } from './options';

export type { CallOptions, DownloadOptions, JobFilter, JobOutput, JobTemplate, ListJobsAnswer, RunWorkflowAnswer };
export type { UnstructuredClientOptions, UploadFile };

/**
 * Client of the Unstructured Platform API. Sends each request exactly once and never retries: that is left to Temporal, or to you.
 *
 * @example
 * await using client = new UnstructuredClient({ apiKey: process.env.UNSTRUCTURED_API_KEY! });
 * const job = await client.getJob('0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52');
 */
export class UnstructuredClient implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #redactor = () => this.#transport.redactor();

  /** @throws UnstructuredValidationError where an option is unknown or wrong; the message names it and never holds the key */
  constructor(options: UnstructuredClientOptions) {
    this.#transport = new Transport(resolveClientOptions(options));
  }

  /**
   * Asks for one job as it stands now.
   * @throws a subclass of UnstructuredApiError, by `details.kind`; the signal's own reason where `signal` aborted
   */
  async getJob(jobId: string, options?: CallOptions): Promise<Job> {
    return this.#transport.send(getJobOperation(this.#job(jobId)), options);
  }

  /**
   * Lists jobs. The API sends the list whole and in no order, so it must be narrowed. Entries that can't be read are left out, and counted.
   * @throws like `getJob`; UnstructuredValidationError without a filter
   */
  async listJobs(filter: JobFilter, options?: CallOptions): Promise<ListJobsAnswer> {
    const { workflowId } = filter;
    const checked = workflowId === undefined ? filter : { ...filter, workflowId: this.#uuid('workflowId', workflowId) };
    return this.#transport.send(listJobsOperation(checked), options);
  }

  /**
   * Starts an on-demand job. Sent once: where the error's details have neither `notSent` nor `notAccepted`, and no 4xx status but 408, a job
   * may have been started.
   * The total time-out does not hold; an upload ends when it stalls, or with `timeoutMs`.
   * @throws like `getJob`; what a file's stream fails with comes as it is, where no answer had begun: then the request was not whole, and no job
   * was started
   */
  async createJob(template: JobTemplate, files: readonly UploadFile[], options?: CallOptions): Promise<Job> {
    return this.#upload(createJobOperation, { request_data: toRequestData(template) }, files, options);
  }

  /**
   * Runs a workflow, with files where its source is local. Sent once, as `createJob`.
   * @throws like `createJob`
   */
  async runWorkflow(
    workflowId: string,
    files: readonly UploadFile[] = [],
    options?: CallOptions,
  ): Promise<RunWorkflowAnswer> {
    const operation = runWorkflowOperation(this.#uuid('workflowId', workflowId), this.#redactor);
    const isBare = files.length === 0;
    const sent = isBare ? this.#transport.send(operation, options) : this.#upload(operation, {}, files, options);
    return sent.catch(readConflict);
  }

  /**
   * Asks the service to stop a job. What it answers for a job that is over is not documented; only the job's status tells.
   * @throws like `getJob`
   */
  async cancelJob(jobId: string, options?: CallOptions): Promise<void> {
    return this.#transport.send(cancelJobOperation(this.#job(jobId)), options);
  }

  /** How far a job is, node by node. @throws like `getJob` */
  async getJobDetails(jobId: string, options?: CallOptions): Promise<JobDetails> {
    return this.#transport.send(getJobDetailsOperation(this.#job(jobId)), options);
  }

  /** The documents that a job could not process. @throws like `getJob` */
  async getJobFailedFiles(jobId: string, options?: CallOptions): Promise<FailedFile[]> {
    return this.#transport.send(getJobFailedFilesOperation(this.#job(jobId)), options);
  }

  /** A job's files at this moment. For a look on demand: the API allows 12 calls a minute for a job. @throws like `getJob` */
  async getJobFileStatus(jobId: string, options?: CallOptions): Promise<JobFileStatus> {
    return this.#transport.send(getJobFileStatusOperation(this.#job(jobId)), options);
  }

  /**
   * Fetches an output of a job with local input. Resolves with the head of the answer; `body` fails where the transfer is not whole. The
   * total time-out does not hold; a transfer ends when it stalls, or with `timeoutMs`.
   * @throws like `getJob`
   */
  async downloadJobOutput(jobId: string, fileId: string, options: DownloadOptions = {}): Promise<JobOutput> {
    const file = checkFileId(fileId, this.#redactor);
    return downloadJobOutput(this.#transport, this.#job(jobId), file, options);
  }

  /** Lets running requests end, then closes the connections. Further calls fail. A `dispatcher` that was passed in stays open. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #job(jobId: string): string {
    return this.#uuid('jobId', jobId);
  }

  #uuid(name: string, id: string): string {
    return checkUuid(name, id, this.#redactor);
  }

  async #upload<T>(
    operation: Operation<T>,
    fields: Record<string, string>,
    files: readonly UploadFile[],
    { signal, ...options }: CallOptions = {},
  ): Promise<T> {
    const upload = new Upload(fields, files, this.#transport.minimumRate);
    const signals = signal ? AbortSignal.any([signal, upload.signal]) : upload.signal;
    try {
      return await this.#transport.send(
        { ...operation, isTransfer: true, headers: upload.headers, body: upload.body() },
        { ...options, signal: signals },
      );
    } catch (error) {
      throw upload.failure && isUnanswered(error) ? upload.failure.error : error;
    } finally {
      upload.done();
    }
  }
}

/** Whether a call ended by itself, and without so much as the head of an answer. */
function isUnanswered(error: unknown): boolean {
  return error instanceof UnstructuredApiError && error.details.status === undefined;
}

import { createUnstructuredError, UnstructuredApiError } from '../core/errors';
import type { Job } from '../core/job';
import type { FailedFile, JobDetails, JobFileStatus } from '../core/job-details';
import { type CallOptions, type Operation, Transport } from './http/transport';
import { Upload } from './http/upload';
import type { UploadFile } from './http/upload-file';
import { getJobDetailsOperation, getJobFailedFilesOperation, getJobFileStatusOperation } from './operations/documents';
import { downloadJobOutput, type DownloadOptions, type JobOutput } from './operations/download';
import { checkFileId, checkUuid } from './operations/ids';
import { cancelJobOperation, getJobOperation, type JobFilter, listJobsOperation } from './operations/jobs';
import type { ListJobsAnswer } from './operations/read-job';
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
 * Client of the Unstructured Platform API. Sends each request once and never retries. Temporal retries, or your code does.
 *
 * @example
 * await using client = new UnstructuredClient({ apiKey: process.env.UNSTRUCTURED_API_KEY! });
 * const job = await client.getJob('0b3f4f6e-3a6f-4a53-9f3e-0c8e0e3d6f52');
 */
export class UnstructuredClient implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #redactor = () => this.#transport.redactor();

  /** @throws UnstructuredValidationError if an option is unknown or wrong; the message names the option and never contains the key */
  constructor(options: UnstructuredClientOptions) {
    this.#transport = new Transport(resolveClientOptions(options));
  }

  /**
   * Reads one job in its current state.
   * @throws a subclass of UnstructuredApiError, by `details.kind`; the signal's own reason if `signal` was aborted
   */
  async getJob(jobId: string, options?: CallOptions): Promise<Job> {
    return this.#transport.send(getJobOperation(this.#job(jobId)), options);
  }

  /**
   * Lists jobs. The API sends the whole list, in no particular order, so a filter is required. Entries that cannot be read are returned separately,
   * in `unreadable`.
   * @throws like `getJob`; UnstructuredValidationError without a filter
   */
  async listJobs(filter: JobFilter, options?: CallOptions): Promise<ListJobsAnswer> {
    const { workflowId } = filter;
    const checked = workflowId === undefined ? filter : { ...filter, workflowId: this.#uuid('workflowId', workflowId) };
    return this.#transport.send(listJobsOperation(checked), options);
  }

  /**
   * Starts an on-demand job. The request is sent once. If it fails, a job may have been started, unless the error's details have `notSent`,
   * `incomplete`, `notAccepted` or a 4xx status other than 408. The total time-out does not apply: an upload ends when it stalls, or after `timeoutMs`.
   * @throws like `getJob`; the error of a file's stream is thrown unchanged if no answer had begun: then the request was incomplete, and no
   * job was started
   */
  async createJob(template: JobTemplate, files: readonly UploadFile[], options?: CallOptions): Promise<Job> {
    return this.#upload(createJobOperation, { request_data: toRequestData(template) }, files, options);
  }

  /**
   * Runs a workflow, with files if its source is local. The request is sent once, as in `createJob`.
   * @throws like `createJob`
   */
  async runWorkflow(
    workflowId: string,
    files: readonly UploadFile[] = [],
    options?: CallOptions,
  ): Promise<RunWorkflowAnswer> {
    const operation = runWorkflowOperation(this.#uuid('workflowId', workflowId));
    const isBare = files.length === 0;
    const sent = isBare ? this.#transport.send(operation, options) : this.#upload(operation, {}, files, options);
    return sent.catch(readConflict);
  }

  /**
   * Asks the service to stop a job. The answer for a job that has already ended is not documented: read the job's status.
   * @throws like `getJob`
   */
  async cancelJob(jobId: string, options?: CallOptions): Promise<void> {
    return this.#transport.send(cancelJobOperation(this.#job(jobId)), options);
  }

  /** Reads the progress of a job, node by node. @throws like `getJob` */
  async getJobDetails(jobId: string, options?: CallOptions): Promise<JobDetails> {
    return this.#transport.send(getJobDetailsOperation(this.#job(jobId)), options);
  }

  /** Lists the documents that a job could not process. @throws like `getJob` */
  async getJobFailedFiles(jobId: string, options?: CallOptions): Promise<FailedFile[]> {
    return this.#transport.send(getJobFailedFilesOperation(this.#job(jobId)), options);
  }

  /** Reads the current status of a job's files. For use on demand: the API allows 12 calls a minute for a job. @throws like `getJob` */
  async getJobFileStatus(jobId: string, options?: CallOptions): Promise<JobFileStatus> {
    return this.#transport.send(getJobFileStatusOperation(this.#job(jobId)), options);
  }

  /**
   * Downloads an output of a job with local input. Resolves once the headers of the answer are there; `body` fails if the transfer is
   * incomplete. The total time-out does not apply: a transfer ends when it stalls, or after `timeoutMs`.
   * @throws like `getJob`
   */
  async downloadJobOutput(jobId: string, fileId: string, options: DownloadOptions = {}): Promise<JobOutput> {
    const file = checkFileId(fileId, this.#redactor);
    return downloadJobOutput(this.#transport, this.#job(jobId), file, options);
  }

  /** Waits for running requests to end, then closes the connections. Further calls fail. A `dispatcher` that you passed in stays open. */
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
      throw uploadError(error, upload);
    } finally {
      upload.done();
    }
  }
}

/** The error that an upload failed with. If no answer had begun and not all files had been read, the request was certainly incomplete. */
function uploadError(error: unknown, { failure, mayBeWhole }: Upload): unknown {
  if (!(error instanceof UnstructuredApiError) || error.details.status !== undefined) return error;
  if (failure) return failure.error;
  const { kind, notSent } = error.details;
  const isCutOff = !mayBeWhole && !notSent && (kind === 'connection' || kind === 'timeout');
  return isCutOff ? createUnstructuredError(error.message, { ...error.details, incomplete: true }) : error;
}

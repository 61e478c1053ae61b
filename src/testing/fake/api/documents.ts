import { createHash } from 'node:crypto';
import { errorReply, type Reply } from '../support/reply';
import type { JobState } from '../job/job-state';
import { aboutJob } from './jobs';
import type { ApiAnswer, ApiRequest } from './request';

/** `GET /jobs/{job_id}/details`. */
export function getJobDetails(request: ApiRequest): Promise<ApiAnswer> {
  return aboutJob(request, 'getJobDetails', (state, jobStatus) => {
    const status = lags(state, request.now) ? 'IN_PROGRESS' : jobStatus;
    return {
      status: 200,
      json: {
        id: state.facts.id,
        processing_status: processingStatus(state, status),
        node_stats: nodeStats(state, status, request.now),
      },
    };
  });
}

/** `GET /jobs/{job_id}/failed-files`. */
export function getJobFailedFiles(request: ApiRequest): Promise<ApiAnswer> {
  return aboutJob(request, 'getJobFailedFiles', (state) => ({
    status: 200,
    json: { failed_files: lags(state, request.now) ? [] : failedFiles(state) },
  }));
}

/** Whether answers about the documents still describe the running job. */
function lags(state: JobState, now: number): boolean {
  const endedAt = state.life.endedAt(now);
  return endedAt !== undefined && now < endedAt + state.answers.detailsLag;
}

/** The status in the details. For a COMPLETED job, it says whether all files succeeded. */
function processingStatus(state: JobState, status: string): string {
  if (status !== 'COMPLETED') return status;
  return jobFiles(state).some(({ error }) => error !== undefined) ? 'COMPLETED_WITH_ERRORS' : 'SUCCESS';
}

function failedFiles(state: JobState): { document: string; error: string }[] {
  const naming = state.answers.failedFileNames;
  return jobFiles(state).flatMap(({ fileId, name, error }) => {
    if (error === undefined) return [];
    const document = { name, fileId, path: `/tmp/input/${name}` }[naming];
    return [{ document, error }];
  });
}

function nodeStats(state: JobState, status: string, now: number): Record<string, unknown>[] {
  const files = jobFiles(state);
  const failure = files.filter(({ error }) => error !== undefined).length;
  const counts = { ready: 0, in_progress: 0, success: 0, failure: 0 };
  const at: Record<string, typeof counts> = {
    SCHEDULED: { ...counts, ready: files.length },
    IN_PROGRESS: { ...counts, in_progress: files.length },
    COMPLETED: { ...counts, success: files.length - failure, failure },
  };
  const { nodeTakes } = state.answers;
  const nodesDone = nodeTakes > 0 ? Math.floor(state.life.statusLasted(now) / nodeTakes) : null;
  const running = (index: number) =>
    nodesDone === null || index === nodesDone ? at['IN_PROGRESS'] : at[index < nodesDone ? 'COMPLETED' : 'SCHEDULED'];
  return state.facts.nodes.map(({ type, subtype }, index) => ({
    node_name: subtype,
    node_type: type,
    node_subtype: subtype,
    ...((status === 'IN_PROGRESS' ? running(index) : at[status]) ?? { ...counts, failure: files.length }),
  }));
}

/** The API allows this many calls a minute for a job. */
const CALLS_PER_MINUTE = 12;

/** `GET /jobs/{job_id}/file-status`. */
export function getJobFileStatus(request: ApiRequest): Promise<ApiAnswer> {
  const { world, now } = request;
  return aboutJob(request, 'getJobFileStatus', (state, status) => {
    const { id, nodes } = state.facts;
    const recent = world.requests.filter(
      ({ operation, jobId, at }) => operation === 'getJobFileStatus' && jobId === id && at > now - 60_000,
    );
    if (recent.length > CALLS_PER_MINUTE) return errorReply(429, 'Rate limit exceeded: 12 per 1 minute');
    const generatedAt = new Date(now).toISOString();
    const files = jobFiles(state).map((file) => ({
      record_id: file.fileId,
      document: file.name,
      status: fileStatus(file, status),
      error: status === 'COMPLETED' ? (file.error ?? null) : null,
      time_elapsed: null,
      current_node: status === 'IN_PROGRESS' ? { id: nodes[0]?.id, status: 'IN_PROGRESS', tries: 1 } : null,
    }));
    return { status: 200, json: { id, files, truncated: false, index_finished: true, generated_at: generatedAt } };
  });
}

function fileStatus({ error }: JobFile, status: string): string {
  if (status === 'SCHEDULED') return 'READY';
  if (status !== 'COMPLETED') return status === 'IN_PROGRESS' ? 'IN_PROGRESS' : 'FAILURE';
  return error === undefined ? 'SUCCESS' : 'FAILURE';
}

const OUTPUT_NOT_FOUND = errorReply(404, 'Output not found');

/** `GET /jobs/{job_id}/download`: an output that names its input, file and node, so that a mixed-up output is noticed. */
export function downloadJobOutput(request: ApiRequest): Promise<ApiAnswer> {
  const fileId = request.query.get('file_id');
  const nodeId = request.query.get('node_id');
  return aboutJob(request, 'downloadJobOutput', (state, status) => {
    if (fileId === null)
      return errorReply(422, [{ type: 'missing', loc: ['query', 'file_id'], msg: 'Field required' }]);
    const isThere =
      status === 'COMPLETED' && request.now >= (state.life.endedAt(request.now) ?? 0) + state.answers.outputLag;
    return isThere ? outputReply(state, fileId, nodeId) : OUTPUT_NOT_FOUND;
  });
}

function outputReply(state: JobState, fileId: string, nodeId: string | null): Reply {
  const file = jobFiles(state).find((one) => one.fileId === fileId);
  const nodes = state.facts.nodes;
  const node = nodeId === null ? nodes.at(-1) : nodes.find(({ id }) => id === nodeId);
  if (!file || !node || file.error !== undefined) return OUTPUT_NOT_FOUND;
  if (nodeId === null && state.answers.finalOutput === 'notFound') return OUTPUT_NOT_FOUND;
  const { name, sha256, bytes } = file;
  const metadata = { filename: name, file_id: fileId, job_id: state.facts.id, node_id: node.id, sha256, bytes };
  const element = {
    type: 'NarrativeText',
    element_id: elementId(metadata),
    text: `${node.subtype} of ${name}`,
    metadata,
  };
  const json = state.spec.outputs === 'object' ? { extracted: element } : [element];
  return { status: 200, json, padToBytes: state.spec.outputBytes };
}

function elementId(metadata: object): string {
  return createHash('sha256').update(JSON.stringify(metadata)).digest('hex').slice(0, 32);
}

/** One input file of a job, as its answers show it. */
interface JobFile {
  fileId: string;
  name: string;
  /** Why the file failed; undefined if it did not. */
  error: string | undefined;
  /** Hash of the uploaded file; null if nothing was uploaded. */
  sha256: string | null;
  bytes: number | null;
}

function jobFiles({ facts, spec }: JobState): JobFile[] {
  return facts.fileIds.map((fileId, index) => {
    const name = facts.names[index] ?? fileId;
    const upload = facts.uploads[index];
    return {
      fileId,
      name,
      error: failureReason(spec.failedFiles, fileId, name),
      sha256: upload?.sha256 ?? null,
      bytes: upload?.bytes ?? null,
    };
  });
}

/** The reason that a file failed, found by file id, by name, or by the part of the name after a start's token. */
function failureReason(failed: Readonly<Record<string, string>>, fileId: string, name: string): string | undefined {
  const keys = [fileId, name, name.replace(/^[0-9a-z]+-\d+-/, '')];
  const key = keys.find((candidate) => Object.hasOwn(failed, candidate));
  return key === undefined ? undefined : failed[key];
}

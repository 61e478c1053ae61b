import { createHash } from 'node:crypto';
import { filesOf } from './job-files';
import { aboutJob } from './job-of';
import type { JobState } from './job/job-state';
import { errorReply, type Reply } from './http/reply';
import type { ApiAnswer, ApiRequest } from './api/routes';

const OUTPUT_NOT_FOUND = errorReply(404, 'Output not found');

/** `GET /jobs/{job_id}/download`: an output that tells which input, file and node it is of, so that a mixed-up one is noticed. */
export function downloadJobOutput(request: ApiRequest): Promise<ApiAnswer> {
  const fileId = request.query.get('file_id');
  const nodeId = request.query.get('node_id');
  return aboutJob(request, 'downloadJobOutput', (state, status) => {
    if (fileId === null)
      return errorReply(422, [{ type: 'missing', loc: ['query', 'file_id'], msg: 'Field required' }]);
    const isThere =
      status === 'COMPLETED' && request.now >= (state.endedAt(request.now) ?? 0) + state.answers.outputLag;
    return isThere ? outputOf(state, fileId, nodeId) : OUTPUT_NOT_FOUND;
  });
}

function outputOf(state: JobState, fileId: string, nodeId: string | null): Reply {
  const file = filesOf(state).find((one) => one.fileId === fileId);
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

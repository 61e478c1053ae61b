import { isJobId } from '../../../core/job';
import { errorReply, type Reply } from '../support/reply';
import { readUploadForm, type UploadForm } from './uploads';
import type { World } from '../world/world';
import { malformedUuid } from './jobs';
import type { ApiAnswer, ApiRequest } from './request';

/** `POST /jobs/`: an on-demand job. */
export async function createJob({ world, body, now }: ApiRequest): Promise<ApiAnswer> {
  const form = await readUploadForm(body).catch(() => undefined);
  if (!form) return { reply: unprocessable('body', 'Expected a multipart form') };
  const error = requestDataError(form);
  if (error) return { reply: unprocessable('request_data', error) };
  if (form.files.length === 0) return { reply: unprocessable('input_files', 'Field required') };
  return answerStart(world, now, 200, form);
}

/** `POST /workflows/{workflow_id}/run`: 202 with a job, or 202 without one while a run is in progress. */
export async function runWorkflow({ world, body, now, params }: ApiRequest): Promise<ApiAnswer> {
  const given = params['workflow_id'] ?? '';
  if (!isJobId(given)) return { reply: errorReply(422, [malformedUuid(['path', 'workflow_id'], given)]) };
  const id = given.toLowerCase();
  const workflow = world.workflows.get(id);
  if (!workflow) return { reply: errorReply(404, 'Workflow not found') };
  const isForm = body.headers['content-type'] !== undefined;
  const form = isForm ? await readUploadForm(body).catch(() => undefined) : { fields: {}, files: [] };
  if (!form) return { reply: unprocessable('body', 'Expected a multipart form') };
  if (world.isBusy(id, now)) {
    const detail = `There is a run of workflow ${id} in progress. No new job run.`;
    return { reply: { status: 202, json: { detail } } };
  }
  return answerStart(world, now, 202, form, id);
}

async function answerStart(
  world: World,
  now: number,
  status: number,
  form: UploadForm,
  workflowId?: string,
): Promise<ApiAnswer> {
  const { files, fileBytes } = world.limits;
  if (form.files.length > files) return { reply: unprocessable('input_files', `At most ${files} files are allowed`) };
  if (form.files.some(({ bytes }) => bytes > fileBytes))
    return { reply: unprocessable('input_files', `Files of at most ${fileBytes} bytes are allowed`) };
  if (!world.takeStart(now)) return { reply: errorReply(429, 'Rate limit exceeded: 1 job per second') };
  const state = await world.startJob(form.files, workflowId);
  return { reply: { status, json: state.render(now, true) }, job: { state, status: state.life.statusAt(now) } };
}

function requestDataError({ fields }: UploadForm): string | undefined {
  try {
    const data = JSON.parse(fields['request_data'] ?? '') as Record<string, unknown>;
    const hasTemplate = typeof data['template_id'] === 'string' && data['template_id'] !== '';
    const hasNodes = Array.isArray(data['job_nodes']) && data['job_nodes'].length > 0;
    return hasTemplate || hasNodes ? undefined : 'Either template_id or job_nodes is required';
  } catch {
    return 'Invalid JSON';
  }
}

function unprocessable(field: string, msg: string): Reply {
  return errorReply(422, [{ type: 'value_error', loc: ['body', field], msg }]);
}

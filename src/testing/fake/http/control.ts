import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { isLoopbackHost } from '../../../core/loopback';
import { FakeInputError, parseInput } from '../support/input';
import type { JobState } from '../job/job-state';
import { webhookSchema } from '../webhooks/channel';
import type { World } from '../world/world';
import type { Reply } from '../support/reply';
import { send } from './send';

const PREFIX = '/__fake/';
/** Loopback addresses of a socket. If the server also listens on IPv6, an IPv4 address appears in its mapped form. */
const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;

interface ControlRequest {
  world: World;
  query: URLSearchParams;
  body: unknown;
  jobId: string;
}

/** Paths below `/__fake/`; `:id` stands for a job's id. */
const CONTROLS: Readonly<Record<string, (request: ControlRequest) => unknown>> = {
  'POST jobs': async ({ world, body }) => describe(world, world.addJob(body)),
  'GET jobs': ({ world }) => Promise.all([...world.jobs.values()].map((job) => describe(world, job))),
  'GET jobs/:id': ({ world, jobId }) => describe(world, requireJob(world, jobId)),
  'PATCH jobs/:id': async ({ world, jobId, body }) => {
    const job = requireJob(world, jobId);
    const { status, faults, answers } = parseInput(jobPatch, body, 'job');
    if (status !== undefined) job.life.setStatus(status);
    world.touch();
    if (faults !== undefined) world.addFaults(faults, job);
    if (answers !== undefined) world.setJobAnswers(job, answers);
    return describe(world, job);
  },
  'PATCH api': ({ world, body }) => {
    const { apiKey, keepOldKey, faults, answers } = parseInput(apiPatch, body, 'api');
    if (apiKey !== undefined) world.rotateKey(apiKey, keepOldKey);
    if (faults !== undefined) world.addFaults(faults);
    if (answers !== undefined) world.setAnswers(answers);
  },
  'GET requests': ({ world, query }) => {
    const jobId = query.get('jobId')?.toLowerCase();
    return world.requests.filter((record) => jobId === undefined || record.jobId === jobId);
  },
  'POST workflows': ({ world, body }) => {
    const { id, name } = world.addWorkflow(body);
    return { id, name };
  },
  'POST webhooks': async ({ world, body }) => {
    const webhook = parseInput(webhookSchema, body, 'webhook');
    return { id: world.addChannel(webhook, await world.now()).id };
  },
  'GET deliveries': ({ world }) => world.notifications.deliveries,
  'PUT started': ({ world, body }) => world.setStartedJobs(body),
  'POST reset': ({ world }) => world.reset(),
};

const jobPatch = z.strictObject({
  status: z.string().min(1).optional(),
  faults: z.unknown().optional(),
  answers: z.unknown().optional(),
});

const apiPatch = z.strictObject({
  apiKey: z.string().min(1).optional(),
  keepOldKey: z.boolean().optional(),
  faults: z.unknown().optional(),
  answers: z.unknown().optional(),
});

class NoSuchJob extends Error {}

export function isControlPath(target: string | undefined): boolean {
  return target?.startsWith(PREFIX) ?? false;
}

/**
 * Control for programs in other languages: without a key, from loopback only, JSON in and out, not in the log of requests. A web page must not reach
 * it, neither from another origin nor through a host name that resolves to this machine.
 */
export async function handleControl(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const refusal = refuseForeign(request);
  const reply = refusal === undefined ? await replyTo(world, request) : { status: 403, json: { error: refusal } };
  await send(response, { reply, delivery: { delayMs: 0 } }, { headers: {}, gzip: false, closing });
}

function refuseForeign({ socket, headers }: IncomingMessage): string | undefined {
  const { host = '', origin } = headers;
  if (!LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '')) return 'Control is for loopback only';
  if (!isOwnAddress(host, socket.localPort))
    return `Control answers to its own loopback address only, not to ${JSON.stringify(host.slice(0, 100))}`;
  if (
    origin === undefined ||
    (origin.startsWith('http://') && isOwnAddress(origin.slice('http://'.length), socket.localPort))
  )
    return undefined;
  return `Control answers to no other origin, such as ${JSON.stringify(origin.slice(0, 100))}`;
}

/** Whether a host is a loopback address, or the name of one, with this server's port. */
function isOwnAddress(host: string, ownPort: number | undefined): boolean {
  const [, hostname = '', port = '80'] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return isLoopbackHost(hostname) && Number(port) === ownPort;
}

async function replyTo(world: World, request: IncomingMessage): Promise<Reply> {
  const [path = '', search = ''] = (request.url ?? '').slice(PREFIX.length).split(/\?(.*)/s);
  const [, jobId = ''] = /^jobs\/([^/]+)$/.exec(path) ?? [];
  const name = `${request.method ?? ''} ${jobId ? 'jobs/:id' : path}`;
  const control = Object.hasOwn(CONTROLS, name) ? CONTROLS[name] : undefined;
  if (!control)
    return { status: 404, json: { error: `No control ${name}; there are ${Object.keys(CONTROLS).join(', ')}` } };
  try {
    const json = await control({ world, query: new URLSearchParams(search), body: await readJson(request), jobId });
    return { status: 200, json: json ?? {} };
  } catch (error) {
    if (error instanceof NoSuchJob) return { status: 404, json: { error: error.message } };
    if (error instanceof FakeInputError) return { status: 400, json: { error: error.message } };
    throw error;
  }
}

function requireJob(world: World, id: string): JobState {
  const job = world.jobs.get(id.toLowerCase());
  if (!job) throw new NoSuchJob(`No job ${id}`);
  return job;
}

async function describe(world: World, job: JobState): Promise<Record<string, unknown>> {
  await job.ready();
  const { id, workflowId, fileIds, nodes } = job.facts;
  return { id, workflowId, fileIds, nodes, status: job.life.statusAt(await world.now()), checks: job.checks };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new FakeInputError(`body must be JSON; got ${text.slice(0, 200)}.`);
  }
}

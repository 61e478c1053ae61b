import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyFault } from './apply-fault';
import { refuseKey } from './auth';
import { uuidFrom } from './ids';
import { errorReply, PATH_NOT_FOUND, type Exchange } from './reply';
import { redactHeaders, type RequestRecord } from './request-log';
import { findRoute, type ApiAnswer } from './routes';
import { send } from './send';
import type { World } from './world';

/** Answers one request of the API: log, route, key, operation, faults, answer. */
export async function handleRequest(
  world: World,
  prefix: string,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const { method = '', url: target = '', headers } = request;
  const [path = '', search = ''] = target.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const index = ++world.received;
  const at = await world.now();
  const record: RequestRecord = {
    index,
    method,
    path,
    query: Object.fromEntries(query),
    at,
    headers: redactHeaders(headers),
    status: null,
    faults: [],
  };
  world.requests.push(record);
  response.once('close', () => (record.status = response.headersSent ? response.statusCode : null));

  const answer = await answerOf(
    world,
    record,
    path.startsWith(prefix) ? path.slice(prefix.length) : undefined,
    request,
  );
  const exchange = withFaults(world, record, answer, target);
  record.status = exchange.delivery.stop?.after === 'request' ? null : exchange.reply.status;
  const { requestIdHeader, gzip } = answer.job?.state.answers ?? world.answers;
  await send(response, exchange, {
    headers: {
      date: new Date(at).toUTCString(),
      ...(requestIdHeader !== null && { [requestIdHeader]: uuidFrom('request', index) }),
    },
    gzip: gzip && /\bgzip\b/.test(String(headers['accept-encoding'])),
    closing,
  });
}

async function answerOf(
  world: World,
  record: RequestRecord,
  pathBelow: string | undefined,
  { headers }: IncomingMessage,
): Promise<ApiAnswer> {
  const found = pathBelow === undefined ? undefined : findRoute(record.method, pathBelow);
  if (!found) return { reply: PATH_NOT_FOUND };
  if ('allow' in found) return { reply: errorReply(405, 'Method Not Allowed', { allow: found.allow.join(', ') }) };
  const { route, params } = found;
  record.operation = route.operation;
  if (params['job_id'] !== undefined) record.jobId = params['job_id'].toLowerCase();
  const refused = refuseKey(headers, world.keys);
  if (refused) return { reply: refused };
  const { method, path, query, at: now } = record;
  const answer = await route.handle({ method, path, query: new URLSearchParams(query), params, now, jobs: world.jobs });
  if (answer.job) record.jobStatus = answer.job.status;
  if (answer.job?.check !== undefined) record.check = answer.job.check;
  return answer;
}

/** A job's faults first, then those of the whole API, which so stand in front like a proxy. */
function withFaults(world: World, record: RequestRecord, answer: ApiAnswer, target: string): Exchange {
  const { at, jobStatus } = record;
  const faults = [
    ...(answer.faults ?? []),
    ...world.faults.match({ ...record, jobStatus, elapsed: at - world.startedAt }),
  ];
  record.faults = faults.map(({ kind }) => kind);
  return faults.reduce<Exchange>((exchange, fault) => applyFault(exchange, fault, { now: at, target }), {
    reply: answer.reply,
    delivery: { delayMs: 0 },
  });
}

import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isStart } from '../support/operations';
import type { ApiAnswer } from '../api/request';
import { findRoute } from '../api/routes';
import { applyFault } from '../faults/apply-fault';
import type { ParsedFault } from '../faults/faults';
import { uuidFrom } from '../support/ids';
import type { World } from '../world/world';
import { errorReply, type Exchange, PATH_NOT_FOUND, type Reply } from '../support/reply';
import { redactHeaders, type RequestRecord } from '../world/request-log';
import { send } from './send';

const NOT_ACCEPTED: ApiAnswer = { reply: errorReply(503, 'Service Unavailable') };

/** Answers one request to the API: log, route, key, operation, faults, answer. */
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

  const found = path.startsWith(prefix) ? findRoute(method, path.slice(prefix.length)) : undefined;
  const isKnown = found && 'route' in found;
  if (isKnown) record.operation = found.route.operation;
  // A start takes effect once it is handled, so faults that prevent it are matched before.
  const early = isStart(record.operation) ? matchFaults(world, record) : undefined;
  const isRefused = early?.some(({ kind }) => kind === 'notAccepted');
  if (isRefused) request.resume();
  const answer = isRefused ? NOT_ACCEPTED : await makeAnswer(world, record, found, request);
  const exchange = withFaults(record, answer, early ?? matchFaults(world, record), target);
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
  world.touch();
}

async function makeAnswer(
  world: World,
  record: RequestRecord,
  found: ReturnType<typeof findRoute>,
  request: IncomingMessage,
): Promise<ApiAnswer> {
  if (!found) return { reply: PATH_NOT_FOUND };
  if ('allow' in found) return { reply: errorReply(405, 'Method Not Allowed', { allow: found.allow.join(', ') }) };
  const { route, params } = found;
  if (params['job_id'] !== undefined) record.jobId = params['job_id'].toLowerCase();
  const refused = refuseKey(request.headers, world.keys);
  if (refused) return { reply: refused };
  const { method, path, query, at: now } = record;
  const answer = await route.handle({
    method,
    path,
    query: new URLSearchParams(query),
    params,
    now,
    world,
    body: request,
  });
  if (answer.job) record.jobStatus = answer.job.status;
  if (answer.job && isStart(route.operation)) {
    const { id, uploads } = answer.job.state.facts;
    record.jobId = id;
    record.uploads = uploads.map(({ name }) => name);
  }
  if (answer.job?.check !== undefined) record.check = answer.job.check;
  return answer;
}

function matchFaults(world: World, record: RequestRecord): ParsedFault[] {
  return world.faults.match({ ...record, elapsed: record.at - world.startedAt });
}

/** Applies a job's faults first, then those of the whole API, so that the latter act like a proxy in front. */
function withFaults(record: RequestRecord, answer: ApiAnswer, ofApi: readonly ParsedFault[], target: string): Exchange {
  const { at } = record;
  const faults = [...(answer.faults ?? []), ...ofApi];
  record.faults = faults.map(({ kind }) => kind);
  return faults.reduce<Exchange>((exchange, fault) => applyFault(exchange, fault, { now: at, target }), {
    reply: answer.reply,
    delivery: { delayMs: 0 },
  });
}

const BEARER = /^Bearer +(\S.*)$/i;

/** The API's 401; undefined if the request carries one of the keys. */
function refuseKey(headers: IncomingHttpHeaders, keys: readonly string[]): Reply | undefined {
  const own = headers['unstructured-api-key'];
  const { authorization } = headers;
  if (own === undefined && authorization === undefined)
    return errorReply(401, 'API key is missing, please provide an API key in the header.');
  const key = typeof own === 'string' ? own : BEARER.exec(authorization ?? '')?.[1];
  if (!key) return errorReply(401, 'API key is malformed, please type the API key correctly in the header.');
  if (keys.some((known) => isSame(known, key))) return undefined;
  return errorReply(401, 'API key is invalid, please provide a valid API key in the header.');
}

function isSame(known: string, given: string): boolean {
  const [a, b] = [Buffer.from(known), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

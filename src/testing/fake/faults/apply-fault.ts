import { errorReply, type Exchange, htmlReply, type Reply } from '../support/reply';
import type { ParsedFault } from './faults';

/** What applying a fault may need to know about the request. */
interface FaultContext {
  /** Milliseconds on the fake's clock. */
  now: number;
  /** Path and query string of the request. */
  target: string;
}

type Appliers = {
  [K in ParsedFault['kind']]: (
    exchange: Exchange,
    fault: Extract<ParsedFault, { kind: K }>,
    context: FaultContext,
  ) => Exchange;
};

const DETAILS: Readonly<Record<number, unknown>> = {
  401: 'API key is invalid, please provide a valid API key in the header.',
  402: 'Payment required',
  403: 'Forbidden',
  404: 'Job not found',
  408: 'Request Timeout',
  422: [{ loc: ['path', 'job_id'], msg: 'Input should be a valid UUID', type: 'uuid_parsing' }],
  429: 'Too Many Requests',
  500: 'Internal server error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

const APPLIERS: Appliers = {
  status: ({ delivery }, { status, body, headers }) => ({ delivery, reply: statusReply(status, body, headers) }),
  rateLimit: ({ delivery }, { retryAfter, as }, { now }) => ({ delivery, reply: rateLimitReply(retryAfter, as, now) }),
  html: ({ delivery }, { status }) => ({ delivery, reply: htmlReply(status) }),
  garbage: ({ reply, delivery }, { body }) => ({ delivery, reply: { status: reply.status, text: body } }),
  redirect: ({ delivery }, { location, origin, status }, { target }) => ({
    delivery,
    reply: {
      status,
      headers: { location: location ?? (origin ? new URL(target, origin).href : withQuery(target)) },
      text: '',
    },
  }),
  wrongJob: (exchange, { id }) => mapJson(exchange, (json) => ({ ...json, id })),
  patch: (exchange, { set, remove }) =>
    mapJson(exchange, (json) =>
      Object.fromEntries(Object.entries({ ...json, ...set }).filter(([name]) => !remove.includes(name))),
    ),
  headers: ({ reply, delivery }, { headers }) => ({
    delivery,
    reply: { ...reply, headers: { ...reply.headers, ...headers } },
  }),
  oversize: ({ reply, delivery }, { bytes }) => ({ delivery, reply: { ...reply, padToBytes: bytes } }),
  delay: ({ reply, delivery }, { for: ms }) => ({ reply, delivery: { ...delivery, delayMs: delivery.delayMs + ms } }),
  until: ({ reply, delivery }, { promise }) => ({
    reply,
    delivery: { ...delivery, held: [...(delivery.held ?? []), promise] },
  }),
  drip: ({ reply, delivery }, { bytes, every }) => ({
    reply,
    delivery: { ...delivery, drip: { bytes, everyMs: every } },
  }),
  hang: ({ reply, delivery }, { after }) => ({ reply, delivery: { ...delivery, stop: { after, how: 'hang' } } }),
  reset: ({ reply, delivery }, { after }) => ({ reply, delivery: { ...delivery, stop: { after, how: 'reset' } } }),
  notAccepted: (exchange) => exchange,
  truncate: ({ reply, delivery }) => ({ reply, delivery: { ...delivery, stop: { after: 'half', how: 'end' } } }),
};

/** The exchange with the fault in it. Faults are applied one after another; each sees the result of the previous ones. */
export function applyFault(exchange: Exchange, fault: ParsedFault, context: FaultContext): Exchange {
  const apply = APPLIERS[fault.kind] as (exchange: Exchange, fault: ParsedFault, context: FaultContext) => Exchange;
  return apply(exchange, fault, context);
}

function statusReply(status: number, body: unknown, headers: Record<string, string>): Reply {
  if (body === undefined) return errorReply(status, DETAILS[status] ?? `Status ${status}`, headers);
  return { status, headers, ...(typeof body === 'string' ? { text: body } : { json: body }) };
}

function rateLimitReply(retryAfter: number | string | undefined, as: 'seconds' | 'date' | 'body', now: number): Reply {
  const detail = DETAILS[429];
  if (retryAfter === undefined) return errorReply(429, detail);
  if (as === 'body') return { status: 429, json: { detail, retry_after: retryAfter } };
  const isDate = as === 'date' && typeof retryAfter === 'number';
  const value = isDate ? new Date(now + retryAfter * 1_000).toUTCString() : String(retryAfter);
  return errorReply(429, detail, { 'retry-after': value });
}

function withQuery(target: string): string {
  return `${target}${target.includes('?') ? '&' : '?'}redirected=1`;
}

function mapJson(
  { reply, delivery }: Exchange,
  change: (json: Record<string, unknown>) => Record<string, unknown>,
): Exchange {
  const isObject = typeof reply.json === 'object' && reply.json !== null && !Array.isArray(reply.json);
  return { delivery, reply: isObject ? { ...reply, json: change(reply.json as Record<string, unknown>) } : reply };
}

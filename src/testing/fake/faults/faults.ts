import { z } from 'zod';
import type { Duration } from '../../../common/duration';
import { durationField } from '../support/input';
import type { StopPoint } from '../support/reply';

/**
 * A fault of an answer. Plain data except for `until`, so that programs in other languages can send it; {@link faults} builds it. Times in
 * faults are real time, like a client's time-outs.
 */
export type Fault =
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> | undefined }
  | { kind: 'rateLimit'; retryAfter?: number | string | undefined; as?: 'seconds' | 'date' | 'body' | undefined }
  | { kind: 'html'; status?: number | undefined }
  | { kind: 'garbage'; body?: string | undefined }
  | { kind: 'redirect'; location?: string | undefined; origin?: string | undefined; status?: number | undefined }
  | { kind: 'wrongJob'; id?: string | undefined }
  | { kind: 'patch'; set?: Record<string, unknown> | undefined; remove?: string[] | undefined }
  | { kind: 'headers'; headers: Record<string, string> }
  | { kind: 'oversize'; bytes: number }
  | { kind: 'delay'; for: Duration }
  | { kind: 'until'; promise: PromiseLike<unknown> }
  | { kind: 'drip'; bytes?: number | undefined; every?: Duration | undefined }
  | { kind: 'hang'; after?: StopPoint | undefined }
  | { kind: 'reset'; after?: StopPoint | undefined }
  | { kind: 'truncate' }
  | { kind: 'notAccepted' };

export type FaultKind = Fault['kind'];

type Options<K extends FaultKind> = Omit<Extract<Fault, { kind: K }>, 'kind'>;

/**
 * Constructors of faults, for use in rules.
 * @example `faults: [[2, faults.status(503)], [3, faults.reset()], [{ from: 5, to: 7 }, faults.delay('2s'), faults.html()]]`
 */
export const faults = Object.freeze({
  /** Another status. A text as `body` is sent unchanged, any other value as JSON. The default is the API's own body for that status. */
  status: (status: number, options: Omit<Options<'status'>, 'status'> = {}): Fault => ({
    kind: 'status',
    status,
    ...options,
  }),
  /**
   * 429. `retryAfter` is a number of seconds, or a text that is sent unchanged; without it there is no hint. It is sent as the
   * `Retry-After` header in seconds (default) or as an HTTP date, or as the body's field `retry_after`.
   */
  rateLimit: (options: Options<'rateLimit'> = {}): Fault => ({ kind: 'rateLimit', ...options }),
  /** The HTML page of a proxy. @default status 502 */
  html: (options: Options<'html'> = {}): Fault => ({ kind: 'html', ...options }),
  /** The same status with a body that is not JSON. */
  garbage: (options: Options<'garbage'> = {}): Fault => ({ kind: 'garbage', ...options }),
  /** A redirect to `location`, or to the same path at `origin`; without both to the same path with a query. @default status 307 */
  redirect: (options: Options<'redirect'> = {}): Fault => ({ kind: 'redirect', ...options }),
  /** The answer of another job. */
  wrongJob: (options: Options<'wrongJob'> = {}): Fault => ({ kind: 'wrongJob', ...options }),
  /** The answer with some of its fields set or removed. */
  patch: (options: Options<'patch'>): Fault => ({ kind: 'patch', ...options }),
  /** The answer with more headers. */
  headers: (headers: Record<string, string>): Fault => ({ kind: 'headers', headers }),
  /** The answer, still valid JSON, padded with spaces to `bytes`. */
  oversize: (options: Options<'oversize'>): Fault => ({ kind: 'oversize', ...options }),
  /** A pause before the first byte. Several add up. */
  delay: (time: Duration): Fault => ({ kind: 'delay', for: time }),
  /**
   * No byte of the answer is sent before `promise` is fulfilled, so a test can hold the answer. Its content is fixed when the request
   * arrives.
   */
  until: (promise: PromiseLike<unknown>): Fault => ({ kind: 'until', promise }),
  /** A slow body. @default 1 byte every 100 ms */
  drip: (options: Options<'drip'> = {}): Fault => ({ kind: 'drip', ...options }),
  /** The answer never ends, until the client disconnects or the fake is closed. @default after 'request' */
  hang: (options: Options<'hang'> = {}): Fault => ({ kind: 'hang', ...options }),
  /** The connection is reset. @default after 'request' */
  reset: (options: Options<'reset'> = {}): Fault => ({ kind: 'reset', ...options }),
  /** Half of the body, with the `content-length` of the whole, then a clean end of the connection. */
  truncate: (): Fault => ({ kind: 'truncate' }),
  /**
   * A start has no effect: no job begins, and its body is not read to the end. Without this fault a start is accepted, whatever happens to
   * its answer: `[1, faults.reset()]` loses the answer of a job that runs, `[1, faults.notAccepted(), faults.reset()]` breaks off the
   * upload.
   */
  notAccepted: (): Fault => ({ kind: 'notAccepted' }),
});
const headers = z.record(z.string(), z.string());
const after = z.enum(['request', 'headers', 'half']).default('request');
const httpStatus = z.int().min(200).max(599);

function isPromise(value: unknown): boolean {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

/** A fault with its defaults filled in and its times in milliseconds. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: httpStatus,
    body: z.unknown().optional(),
    headers: headers.default({}),
  }),
  z.strictObject({
    kind: z.literal('rateLimit'),
    retryAfter: z.union([z.number(), z.string()], 'a number of seconds, or a text').optional(),
    as: z.enum(['seconds', 'date', 'body']).default('seconds'),
  }),
  z.strictObject({ kind: z.literal('html'), status: httpStatus.default(502) }),
  z.strictObject({ kind: z.literal('garbage'), body: z.string().default('{"id": "\u0000\ufffd not json') }),
  z.strictObject({
    kind: z.literal('redirect'),
    location: z.string().optional(),
    origin: z.string().optional(),
    status: z.int().min(300).max(399).default(307),
  }),
  z.strictObject({ kind: z.literal('wrongJob'), id: z.string().default('deadbeef-dead-4eef-8ead-beefdeadbeef') }),
  z.strictObject({
    kind: z.literal('patch'),
    set: z.record(z.string(), z.unknown()).default({}),
    remove: z.array(z.string()).default([]),
  }),
  z.strictObject({ kind: z.literal('headers'), headers }),
  z.strictObject({ kind: z.literal('oversize'), bytes: z.int().min(1) }),
  z.strictObject({ kind: z.literal('delay'), for: durationField }),
  z.strictObject({ kind: z.literal('until'), promise: z.custom<PromiseLike<unknown>>(isPromise, 'a promise') }),
  z.strictObject({
    kind: z.literal('drip'),
    bytes: z.int().min(1).default(1),
    every: durationField.prefault(100),
  }),
  z.strictObject({ kind: z.literal('hang'), after }),
  z.strictObject({ kind: z.literal('reset'), after }),
  z.strictObject({ kind: z.literal('truncate') }),
  z.strictObject({ kind: z.literal('notAccepted') }),
]) satisfies z.ZodType<Fault>;

export type ParsedFault = z.output<typeof faultSchema>;

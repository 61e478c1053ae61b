import { z } from 'zod';
import type { Fault } from './faults/faults';
import { durationField } from './input';

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
    retryAfter: z.union([z.number(), z.string()], 'seconds, or a text').optional(),
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
  z.strictObject({ kind: z.literal('until'), promise: z.custom<PromiseLike<unknown>>(isPromise, 'no promise') }),
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

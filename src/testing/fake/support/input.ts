import { inspect } from 'node:util';
import { z } from 'zod';
import { durationToMs } from '../../../common/duration';
import { UnstructuredError } from '../../../core/errors';

/** Input that the fake refuses. The message names the field and the value. */
export class FakeInputError extends UnstructuredError<'FakeInputError', Record<string, never>> {
  constructor(message: string) {
    super(message, { type: 'FakeInputError', retryable: false, details: {} });
  }
}

/**
 * Checks `value` against `schema`.
 * @param what Name of the whole in messages, such as `addJob`
 * @throws FakeInputError with one line for each error
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    ({ path, message }) => `${path.reduce<string>(join, what)}: ${message}${got(value, path)}`,
  );
  throw new FakeInputError(lines.join('\n'));
}

/** A Temporal `Duration`, read as milliseconds. */
export const durationField = z.unknown().transform((value, context): number => {
  const ms = durationToMs(value);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: "no duration: give milliseconds or a text like '30m'" });
  return z.NEVER;
});

function join(name: string, key: PropertyKey): string {
  return typeof key === 'number' ? `${name}[${key}]` : `${name}.${String(key)}`;
}

function got(value: unknown, path: PropertyKey[]): string {
  const at = path.reduce<unknown>((within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const shown = inspect(at, { depth: 1, breakLength: Infinity });
  return ` (got ${shown.length > 200 ? `${shown.slice(0, 200)}…` : shown})`;
}

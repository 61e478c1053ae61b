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
 * @param what Name of the value in messages, such as `addJob`
 * @throws FakeInputError with one line for each error
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value, { error: expected, reportInput: true });
  if (parsed.success) return parsed.data;
  throw new FakeInputError(parsed.error.issues.flatMap((issue) => describe(issue, value, what)).join('\n'));
}

function describe(issue: z.core.$ZodIssue, value: unknown, what: string): string[] {
  const name = issue.path.reduce<string>(join, what);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `Unknown option ${join(name, key)}.`);
  const at = issue.path.reduce<unknown>(
    (within, key) => (within as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  return [`${name} must be ${issue.message}; got ${show(at ?? issue.input)}.`];
}

const TYPES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
  tuple: 'a list',
};

/** Completes "… must be", if the schema has no message of its own. */
function expected(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      if (issue.origin === 'string') return 'a string that is not empty';
      return `${issue.origin === 'array' ? 'a list of ' : ''}at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_union':
      return Array.isArray(issue['options']) ? oneOf(issue['options']) : 'of another kind';
    default:
      return 'another value';
  }
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => inspect(value)).join(', ');
  return values.length === 1 ? shown : `one of ${shown}`;
}

/** A Temporal `Duration`, read as milliseconds. */
export const durationField = z.unknown().transform((value, context): number => {
  const ms = durationToMs(value);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: "a duration such as '30m' or a number of milliseconds" });
  return z.NEVER;
});

function join(name: string, key: PropertyKey): string {
  return typeof key === 'number' ? `${name}[${key}]` : `${name}.${String(key)}`;
}

function show(value: unknown): string {
  const shown = inspect(value, { depth: 1, breakLength: Infinity });
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}

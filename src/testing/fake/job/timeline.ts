import { z } from 'zod';
import type { Duration } from '../../../common/duration';
import { durationField } from '../support/input';

/** How long a status lasts: a time on the fake's clock, or a number of checks of this job. */
export type StepLength = Duration | { checks: number };

/**
 * A status, which may be any text, and how long it lasts. Only the last step has no length: its status stays.
 * @example `['SCHEDULED', '30m']`, `['IN_PROGRESS', { checks: 3 }]`, `['COMPLETED']`, `'COMPLETED'`
 */
export type TimelineStep = string | [status: string] | [status: string, length: StepLength];

/** A parsed step, with at most one of the lengths. */
export interface Step {
  status: string;
  ms?: number | undefined;
  checks?: number | undefined;
}

/** The position of a job in its timeline. */
export interface Cursor {
  step: number;
  /** When the step began, in milliseconds on the fake's clock. */
  since: number;
  /** Checks that saw this step. */
  checks: number;
}

/** Messages that say what each part of a timeline must be. */
const STEP = "a status and how long it lasts, such as ['SCHEDULED', '30m']";
const STATUS = 'a status';
const CHECKS = '{ checks: a whole number above 0 }';
const LAST = 'a status without a length, since the last step stays';
const NOT_LAST = 'a status and how long it lasts, since only the last step stays';

const checksLength = z.strictObject({ checks: z.int().min(1) }, CHECKS);

const step = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.tuple([z.string(STATUS).min(1, STATUS)], z.unknown(), STEP).transform(([status, ...lengths], context): Step => {
    if (lengths.length === 0) return { status };
    const [length] = lengths;
    const isObject = typeof length === 'object' && length !== null;
    const parsed = isObject
      ? checksLength.safeParse(length)
      : durationField.transform((ms) => ({ ms })).safeParse(length);
    if (parsed.success && lengths.length === 1) return { status, ...parsed.data };
    const message = lengths.length > 1 ? STEP : isObject ? CHECKS : parsed.error?.issues[0]?.message;
    context.addIssue({ code: 'custom', path: lengths.length > 1 ? [] : [1], message });
    return z.NEVER;
  }),
);

export const timelineSchema = z
  .array(step)
  .min(1, 'a list of at least one step')
  .superRefine((steps, context) => {
    for (const [index, { ms, checks }] of steps.entries()) {
      const isLast = index === steps.length - 1;
      const hasLength = ms !== undefined || checks !== undefined;
      if (isLast === hasLength) {
        context.addIssue({ code: 'custom', path: [index], message: isLast ? LAST : NOT_LAST });
      }
    }
  });

/**
 * Moves the cursor past all steps that have ended at `now`.
 * @param begun Called for each step that begins on the way
 */
export function advance(
  timeline: readonly Step[],
  cursor: Cursor,
  now: number,
  begun: (cursor: Cursor) => void = () => {},
): Cursor {
  const since = endOfStep(timeline[cursor.step], cursor, now);
  if (since === undefined) return cursor;
  const next = { step: cursor.step + 1, since, checks: 0 };
  begun(next);
  return advance(timeline, next, now, begun);
}

/** When a step ended; undefined if it has not. */
function endOfStep(step: Step | undefined, cursor: Cursor, now: number): number | undefined {
  if (step?.ms !== undefined && now >= cursor.since + step.ms) return cursor.since + step.ms;
  return step?.checks !== undefined && cursor.checks >= step.checks ? now : undefined;
}

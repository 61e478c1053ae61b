import { isObject } from './values';

/** Tests what a value from elsewhere has in one place: of an activity's answer, or of a state that continue-as-new carries. */
export type Shape = (value: unknown) => boolean;

/** The end of the year 9999: what is added to a time up to it is still one that `Date` knows. */
const LAST_MS = 253_402_300_799_999;

/** A time in milliseconds since the epoch, a length or a count: nothing that is reckoned from it leaves what `Date` knows. */
export const isNumber: Shape = (value) => typeof value === 'number' && Math.abs(value) <= LAST_MS;

export const isText: Shape = (value) => typeof value === 'string';

export const isBoolean: Shape = (value) => typeof value === 'boolean';

/** Absent is as good as null. */
export const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || value === undefined || shape(value);

export const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);

/** Numbers by any names. */
export const isNumbers: Shape = (value) => isObject(value) && Object.values(value).every(isNumber);

/** An object with at least these fields. Later versions may add others. */
export const withFields =
  (fields: Record<string, Shape>): Shape =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, shape]) => shape((value as Record<string, unknown>)[name]));

/** Versions and kinds. */
export const isOneOf =
  (...values: unknown[]): Shape =>
  (value) =>
    values.includes(value);

/** What an activity failed with. */
export const CALL_ERROR = { type: isText, message: isText, api: orNull(isObject), retryable: isBoolean };

/** A task queue that nobody serves. */
export const isUnserved = withFields({ since: isNumber, taskQueue: isText });

/** What is known of the search attributes. */
export const isAttributes = withFields({ error: orNull(isText), set: isObject });

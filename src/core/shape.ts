import { isObject } from './values';

/** Tests one part of a value from elsewhere: of an activity's answer, or of state that continue-as-new carries. */
export type Shape = (value: unknown) => boolean;

/** The end of the year 9999. The sum of two values up to this bound is still a time that `Date` supports. */
const LAST_MS = 253_402_300_799_999;

/** A time in milliseconds since the epoch, a length or a count. Times that are computed from it stay within what `Date` supports. */
export const isNumber: Shape = (value) => typeof value === 'number' && Math.abs(value) <= LAST_MS;

export const isText: Shape = (value) => typeof value === 'string';

export const isBoolean: Shape = (value) => typeof value === 'boolean';

/** Also accepts null and an absent value. */
export const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || value === undefined || shape(value);

export const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);

/** An object whose values are numbers. */
export const isNumbers: Shape = (value) => isObject(value) && Object.values(value).every(isNumber);

/** An object with at least these fields. Later versions may add others. */
export const withFields =
  (fields: Record<string, Shape>): Shape =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, shape]) => shape((value as Record<string, unknown>)[name]));

/** One of the given values, such as a version or a kind. */
export const isOneOf =
  (...values: unknown[]): Shape =>
  (value) =>
    values.includes(value);

/** The fields of a `CallError`. */
export const CALL_ERROR = { type: isText, message: isText, api: orNull(isObject), retryable: isBoolean };

/** A task queue that no worker serves. */
export const isUnserved = withFields({ since: isNumber, taskQueue: isText });

/** The state of the search attributes. */
export const isAttributes = withFields({ error: orNull(isText), set: isObject });

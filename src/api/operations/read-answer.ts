import { z } from 'zod';
import { HttpError } from '../http/http-error';

/** Most schema issues that an error names. */
const MAX_ISSUES = 3;

/** A value that is not a text counts as absent: no decision depends on these fields. */
export const optionalText = z.string().nullish().catch(null);
/** A value that is not a number counts as absent. */
export const optionalNumber = z.number().nullish().catch(null);

/** A list, and how many of its entries could not be read. Those entries are left out, so that they do not hide the others. */
export interface Listed<T> {
  /** null if the answer has no list, or only unreadable entries. */
  entries: T[] | null;
  unreadable: number;
}

/**
 * Reads a list entry by entry. A value that should be a list but is not counts as one unreadable entry. A list with only unreadable entries counts as
 * no list.
 */
export function listSchema<T extends z.ZodType>(entry: T) {
  return z
    .unknown()
    .optional()
    .transform((list): Listed<z.output<T>> => {
      if (list === null || list === undefined) return { entries: null, unreadable: 0 };
      if (!Array.isArray(list)) return { entries: null, unreadable: 1 };
      const entries = list.flatMap((item) => {
        const read = entry.safeParse(item);
        return read.success ? [read.data] : [];
      });
      const unreadable = list.length - entries.length;
      return { entries: entries.length === 0 && unreadable > 0 ? null : entries, unreadable };
    });
}

/** Reads an answer by its schema. `what` completes "the answer is not …". Throws an HttpError that names fields, never their values. */
export function readAnswer<T extends z.ZodType>(schema: T, answer: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new HttpError('response', `the answer is not ${what}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}

function describeIssues({ issues }: z.ZodError): string {
  const named = issues.slice(0, MAX_ISSUES).map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`);
  return named.join('; ') + (issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : '');
}

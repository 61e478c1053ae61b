import { z } from 'zod';
import { Problem } from '../http/problem';

/** Most schema issues that an error names. */
const MAX_ISSUES = 3;

/** Anything else than a text is taken for absent: nothing is ever decided by these fields. */
export const optionalText = z.string().nullish().catch(null);
/** Anything else than a number is taken for absent. */
export const optionalNumber = z.number().nullish().catch(null);

/** What an answer holds. `what` completes "the answer is no …". Throws a Problem that names fields, never their values. */
export function readAnswer<T extends z.ZodType>(schema: T, answer: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new Problem('response', `the answer is no ${what}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}

function describeIssues({ issues }: z.ZodError): string {
  const named = issues.slice(0, MAX_ISSUES).map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`);
  return named.join('; ') + (issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : '');
}

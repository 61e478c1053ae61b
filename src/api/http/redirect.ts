import type { AnswerHead } from './answer';
import { Problem } from './problem';

/** Most redirects that one call follows. */
export const MAX_REDIRECTS = 5;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Where a GET is sent on to.
 * @returns Path and query on the same origin; undefined where the answer is no redirect
 * @throws Problem where it leads to another origin, which must not get the key, or nowhere
 */
export function redirectTarget({ status, headers }: AnswerHead, origin: string, path: string): string | undefined {
  if (!REDIRECTS.includes(status)) return undefined;
  const [location] = [headers['location']].flat();
  if (location === undefined || !URL.canParse(location, origin + path))
    throw new Problem('response', `answered ${status} without a usable Location`, { status });
  const target = new URL(location, origin + path);
  if (target.origin !== origin)
    throw new Problem(
      'response',
      `answered ${status}, a redirect to another origin, ${nameOf(target)}, which is not followed`,
      {
        status,
      },
    );
  return target.pathname + target.search;
}

function nameOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`.slice(0, 200);
}

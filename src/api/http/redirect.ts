import { isRedirect } from '../../network/redirects';
import type { Redactor } from './redact';
import type { AnswerHead } from './answer';
import { HttpError } from './http-error';

/**
 * Where a GET is sent on to.
 * @returns Path and query on the same origin; undefined where the answer is no redirect
 * @throws HttpError where it leads to another origin, which must not get the key, or nowhere
 */
export function redirectTarget({ status, headers }: AnswerHead, origin: string, path: string): string | undefined {
  if (!isRedirect(status)) return undefined;
  const [location] = [headers['location']].flat();
  if (location === undefined || !URL.canParse(location, origin + path))
    throw new HttpError('response', `answered ${status} without a usable Location; check option baseUrl`, {
      status,
      wrongSetup: true,
    });
  const target = new URL(location, origin + path);
  if (target.origin !== origin)
    throw new HttpError(
      'response',
      `answered ${status}, a redirect to another origin, ${withoutPath(target)}, which is not followed; check option baseUrl`,
      { status, wrongSetup: true },
    );
  return target.pathname + target.search;
}

/** Statuses that say of a POST that it had no effect. A 302 or 303 may come behind one, as a page that shows what it led to. */
const WITHOUT_EFFECT: readonly number[] = [301, 307, 308, 501, 505];

/** What an answer to a POST adds to its error: that it had no effect, and where a redirect, which is not followed, leads to. */
export function redirectOfPost(
  { kind, message, details }: HttpError,
  { status, headers }: AnswerHead,
  url: string,
  redactor: Redactor,
): HttpError {
  const [header = ''] = [headers['location']].flat();
  // Before it is read as a URL, which may write a key in another way.
  const location = redactor.known(header);
  const leads = isRedirect(status) && location !== '' && URL.canParse(location, url);
  const where = leads
    ? `, a redirect to ${withoutQuery(new URL(location, url))}, which a POST does not follow; check option baseUrl`
    : '';
  return new HttpError(kind, message + where, {
    ...details,
    ...(WITHOUT_EFFECT.includes(status) && { notAccepted: true }),
  });
}

/** Without user, query and fragment. */
function withoutQuery({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`.slice(0, 200);
}

function withoutPath({ protocol, host }: URL): string {
  return `${protocol}//${host}`.slice(0, 200);
}

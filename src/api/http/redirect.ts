import { isRedirect } from '../../network/redirects';
import type { Redactor } from './redact';
import type { AnswerHead } from './answer';
import { HttpError } from './http-error';

/** Longest URL in an error, in characters. */
const MAX_SHOWN = 200;

/**
 * The target to which a GET is redirected.
 * @returns Path and query on the same origin; undefined if the answer is not a redirect
 * @throws HttpError if the redirect has no usable target, or leads to another origin, which must not receive the key
 */
export function redirectTarget(
  { status, headers }: AnswerHead,
  origin: string,
  path: string,
  redactor: Redactor,
): string | undefined {
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
      `answered ${status}, a redirect to another origin, ${redactor.known(`${target.protocol}//${target.host}`).slice(0, MAX_SHOWN)}, which is not followed; check option baseUrl`,
      { status, wrongSetup: true },
    );
  return target.pathname + target.search;
}

/** Statuses that mean that a POST had no effect. 302 and 303 are not among them: they may follow a POST that succeeded, to show its result. */
const WITHOUT_EFFECT: readonly number[] = [301, 307, 308, 501, 505];

/** Statuses that no API returns for a GET. They mean that another server is there, which does not support the method or the version of HTTP. */
const NOT_SERVED: readonly number[] = [501, 505];

/** Adds to the error of a GET whether its status shows a wrong set-up. */
export function setupOfGet({ kind, message, details }: HttpError, { status }: AnswerHead): HttpError {
  return new HttpError(kind, message, { ...details, ...(NOT_SERVED.includes(status) && { wrongSetup: true }) });
}

/**
 * Adds two facts to the error of a POST: that it had no effect, if that is certain, and the target of a redirect. Redirects of a POST are not
 * followed.
 */
export function redirectOfPost(
  { kind, message, details }: HttpError,
  { status, headers }: AnswerHead,
  url: string,
  redactor: Redactor,
): HttpError {
  const [header = ''] = [headers['location']].flat();
  // Redacted before it is parsed as a URL, because a URL may encode a key differently.
  const location = redactor.known(header);
  const leads = isRedirect(status) && location !== '' && URL.canParse(location, url);
  const where = leads
    ? `, a redirect to ${withoutQuery(new URL(location, url)).slice(0, MAX_SHOWN)}, which a POST does not follow; check option baseUrl`
    : '';
  return new HttpError(kind, message + where, {
    ...details,
    ...(WITHOUT_EFFECT.includes(status) && { notAccepted: true }),
  });
}

/** The URL without user, query and fragment. */
function withoutQuery({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

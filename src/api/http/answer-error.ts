import { errorKindOfStatus, isNotNow, type ValidationItem } from '../../core/errors';
import { readRetryAfter } from '../../network/retry-after';
import { isObject } from '../../core/values';
import type { Redactor } from './redact';
import type { AnswerHead, AnswerHeaders } from './answer';
import { HttpError } from './http-error';
import { readReason, retryAfterIn } from './reason';

/** Most validation items that an error holds. */
const MAX_ITEMS = 20;

/** Deepest location of a validation item that an error holds. */
const MAX_LOC = 10;

/** Headers that carry a request id, best first. */
const REQUEST_ID_HEADERS = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'x-amzn-trace-id',
  'x-correlation-id',
  'x-amz-cf-id',
  'cf-ray',
];

/**
 * Turns an answer without a success status into an error. `body` is the answer's body, if there is one. Only its reason, its validation items and
 * `retry_after` are read.
 */
export function answerError({ status, headers }: AnswerHead, body: unknown, redactor: Redactor): HttpError {
  const kind = errorKindOfStatus(status);
  const { detail: items }: Record<string, unknown> = isObject(body) ? { ...body } : {};
  const validation = Array.isArray(items) && items.length > 0 ? validationItems(items, redactor) : undefined;
  const reason = redactor.excerpt(readReason(body) ?? '');
  const told = typeof items === 'string' ? redactor.excerpt(items) : '';
  const detail = told || (validation ? undefined : reason);
  const mayHint = kind === 'server' || isNotNow({ kind, status });
  const retryAfterMs = mayHint ? readRetryAfter(headers, Date.now(), retryAfterIn(body)) : undefined;
  const firstItems = validation
    ?.slice(0, 3)
    .map(describeItem)
    .filter((item) => item !== '');
  const text = firstItems?.join('; ') || reason;
  return new HttpError(kind, `answered ${status}${text ? `: ${text}` : ''}`, {
    status,
    ...(detail && { detail }),
    ...(validation && { validation }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The service's id of the request. Undefined if no header holds a single short word. */
export function readRequestId(headers: AnswerHeaders, redactor: Redactor): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const [id] = [headers[name]].flat();
    if (id !== undefined && /^[\w.:;/=@+-]{1,128}$/.test(id)) return redactor.known(id);
  }
  return undefined;
}

function validationItems(items: unknown[], redactor: Redactor): ValidationItem[] {
  return items.slice(0, MAX_ITEMS).map((item) => {
    const { loc, msg, type, ...rest }: Record<string, unknown> = isObject(item) ? { ...item } : { msg: item };
    return {
      loc: Array.isArray(loc) ? loc.slice(0, MAX_LOC).flatMap((part) => locPart(part, redactor)) : [],
      msg: redactor.excerpt(typeof msg === 'string' ? msg : (readReason(rest) ?? '')),
      type: typeof type === 'string' ? redactor.excerpt(type, 100) : '',
    };
  });
}

function locPart(part: unknown, redactor: Redactor): string | number | [] {
  if (typeof part === 'string') return redactor.excerpt(part, 100);
  return typeof part === 'number' ? part : [];
}

function describeItem({ loc, msg }: ValidationItem): string {
  return loc.length > 0 ? `${loc.join('.')}: ${msg}` : msg;
}

// What a start that brought no answer means: only what is certain is sent again.
import { describe, expect, it } from 'vitest';
import type { FailedCall } from '../../../src/core/call-error';
import { judgeSend } from '../../../src/core/start/certainty';
import { documentsRefused } from '../../../src/core/start/failure';
import { error } from '../fixtures';
import { documentRefused } from './fixtures';

const apiError = (...args: Parameters<typeof error>) => error(...args) as FailedCall;
const failureOf = (type: string): FailedCall => ({
  type: 'error',
  error: { type, message: 'x', api: null, retryable: false },
});

describe('certainly not accepted, and worth another try', () => {
  it.each([
    ['a refused connection', apiError('connection', { notSent: true })],
    ['a time-out before anything was sent', apiError('timeout', { notSent: true })],
    ['a document that broke off while it was sent', apiError('connection', { incomplete: true })],
    ['one whose storage was in trouble', apiError('connection', { incomplete: true, status: 503 })],
    ['a credential that its storage refused', documentRefused('credentialRefused')],
    ['429', apiError('rateLimit', { status: 429 })],
    ['409', apiError('request', { status: 409 })],
    ['425', apiError('request', { status: 425 })],
    ['no worker took the activity', { type: 'noAnswer', timeoutType: 'SCHEDULE_TO_START' } as const],
    ['a worker that died before it sent', { type: 'noAnswer', timeoutType: 'HEARTBEAT', notSent: true } as const],
    ['a worker without the activity', failureOf('NotFoundError')],
  ])('%s', (_, failure) => expect(judgeSend(failure)).toBe('retry'));
});

/** A failure that takes its reason from the first document, beside one that is refused for good. */
function withOther(reason: 'credentialRefused'): FailedCall {
  const refused = [reason, 'notFound' as const].map((one, index) => ({
    index,
    ref: `m:${index}`,
    reason: one,
    message: 'refused',
  }));
  const { type, message, details: refusal } = documentsRefused(refused, 2);
  return { type: 'error', error: { type, message, api: null, retryable: false, refusal } };
}

describe('refused for good', () => {
  it.each([
    ['401', apiError('authentication', { status: 401 })],
    ['402', apiError('paymentRequired', { status: 402 })],
    ['403', apiError('permission', { status: 403 })],
    ['404', apiError('notFound', { status: 404 })],
    ['422', apiError('validation', { status: 422 })],
    ['input refused before sending', apiError('validation')],
    ['a request that can never be sent', apiError('validation', { notSent: true })],
    ['a redirect of the POST', apiError('response', { status: 308, notAccepted: true })],
    ['a method that is not served', apiError('server', { status: 501, notAccepted: true })],
    ['another 4xx', apiError('request', { status: 405 })],
    ['a document that may not be read', documentRefused('folderNotAllowed')],
    ['one that turned out too large', documentRefused('tooLarge')],
    ['a credential that was given up, and no other document is left', withOther('credentialRefused')],
  ])('%s', (_, failure) => expect(judgeSend(failure)).toBe('fail'));
});

describe('uncertain: it may have started a job', () => {
  it.each([
    ['408', apiError('server', { status: 408 })],
    ['500', apiError('server', { status: 500 })],
    ['502', apiError('server', { status: 502 })],
    ['302', apiError('response', { status: 302 })],
    ['303', apiError('response', { status: 303 })],
    ['a reset', apiError('connection')],
    ['no answer in time', apiError('timeout')],
    ['an unreadable answer', apiError('response', { status: 200 })],
    ['an answer that broke off with a document', apiError('response', { status: 201 })],
    ['a worker that died after', { type: 'noAnswer', timeoutType: 'HEARTBEAT', notSent: false } as const],
    ['a time-out of the activity', { type: 'noAnswer', timeoutType: 'START_TO_CLOSE' } as const],
    ['a worker that died', { type: 'noAnswer', timeoutType: 'HEARTBEAT' } as const],
    ['a failure that is not ours', failureOf('TypeError')],
  ])('%s', (_, failure) => expect(judgeSend(failure)).toBe('uncertain'));
});

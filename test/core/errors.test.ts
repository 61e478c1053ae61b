import { expect, it } from 'vitest';
import * as errors from '../../src/core/errors';
import { ERROR_KINDS, type ErrorKind, errorKindOfStatus } from '../../src/core/errors';

it('has one public name and one answer about retries for each kind', () => {
  expect(Object.entries(ERROR_KINDS).map(([kind, { type, retryable }]) => [kind, type, retryable])).toEqual([
    ['authentication', 'UnstructuredAuthenticationError', false],
    ['paymentRequired', 'UnstructuredPaymentRequiredError', false],
    ['permission', 'UnstructuredPermissionError', false],
    ['notFound', 'UnstructuredNotFoundError', false],
    ['validation', 'UnstructuredValidationError', false],
    ['request', 'UnstructuredRequestError', false],
    ['rateLimit', 'UnstructuredRateLimitError', true],
    ['server', 'UnstructuredServerError', true],
    ['connection', 'UnstructuredConnectionError', true],
    ['timeout', 'UnstructuredTimeoutError', true],
    ['response', 'UnstructuredResponseError', true],
  ]);
});

it.each<[number, ErrorKind]>([
  [401, 'authentication'],
  [402, 'paymentRequired'],
  [403, 'permission'],
  [404, 'notFound'],
  [408, 'server'],
  [422, 'validation'],
  [429, 'rateLimit'],
  [400, 'request'],
  [409, 'request'],
  [499, 'request'],
  [500, 'server'],
  [503, 'server'],
  [599, 'server'],
  [600, 'response'],
  [399, 'response'],
  [302, 'response'],
  [204, 'response'],
])('takes status %i for %s', (status, kind) => {
  expect(errorKindOfStatus(status)).toBe(kind);
});

it.each(Object.keys(ERROR_KINDS) as ErrorKind[])('throws a class of its own for %s', (kind) => {
  const cause = new Error('below');
  const details = { kind, jobId: 'j' };
  const error = errors.createUnstructuredError('what happened', details, { cause });
  const { type, retryable } = ERROR_KINDS[kind];

  expect(error).toBeInstanceOf(errors.UnstructuredError);
  expect(error).toBeInstanceOf(errors.UnstructuredApiError);
  expect(error).toBeInstanceOf(errors[type]);
  expect(error).toMatchObject({ type, name: type, retryable, details, message: 'what happened', cause });
});

it.each<[number, boolean]>([
  [400, false],
  [405, false],
  [406, false],
  [409, true],
  [410, false],
  [418, false],
  [425, true],
  [451, false],
])('takes a %i for one that may pass: %s', (status, retryable) => {
  expect(errors.createUnstructuredError('refused', { kind: 'request', status }).retryable).toBe(retryable);
});

it('takes no error without such an answer for one that may pass', () => {
  for (const details of [{ kind: 'request' }, { kind: 'validation', status: 409 }, { kind: 'notFound' }] as const)
    expect(errors.isRetryable(details)).toBe(false);
});

it('refuses input with a validation error that carries what is known', () => {
  const error = errors.invalidInput('jobId must be a uuid', { jobId: 'x' });
  expect(error).toBeInstanceOf(errors.UnstructuredValidationError);
  expect(error.message).toBe('jobId must be a uuid');
  expect(error.details).toEqual({ kind: 'validation', jobId: 'x' });
  expect(errors.invalidInput('no').details).toEqual({ kind: 'validation' });
});

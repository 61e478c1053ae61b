// What a source or a sink throws is told as it is, unless it shows a secret of the place that it is about.
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { inspect } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { redactError, storageFailure } from '../../../activities/support/storage-failure';
import { UnstructuredStorageError } from '../../../src/core/storage-error';

const REF = 'https://user:hunter22@host/x?sig=geheim';

test.each([
  ['an error of a library', new Error('no room', { cause: new Error('disk full') })],
  ['a failure of Temporal', ApplicationFailure.create({ message: 'later', nextRetryDelay: '1 hour' })],
  ['an error of a storage', new UnstructuredStorageError('no room', { kind: 'passing' })],
  ['a text', 'no room'],
])('%s that shows no secret stays what it is', (_, error) => {
  expect(redactError(error, REF)).toBe(error);
});

test.each([
  ['its text', new Error('lost geheim')],
  ['a cause', new Error('lost', { cause: new Error('at hunter22') })],
  ['a field, which logs print', Object.assign(new Error('lost'), { request: { url: REF } })],
  ['the details of a failure', ApplicationFailure.create({ message: 'lost', details: [{ url: REF }] })],
  ['those that it gathers', new AggregateError([new Error('geheim')], 'lost')],
])('a secret in %s is not told', (_, error) => {
  const told = redactError(error, REF);
  expect(told).toMatchObject({ message: expect.stringMatching(/^lost/) as unknown });
  expect(inspect(told, { depth: Infinity })).not.toMatch(/geheim|hunter22/);
});

test('what a sink says of an error counts where others wrapped it', () => {
  const lasting = new UnstructuredStorageError('no room', { kind: 'lasting', code: 'QuotaExceeded' });
  expect(redactError(new Error('part 3 failed', { cause: lasting }), REF)).toBe(lasting);
});

test('a failure of Temporal that shows one is repeated as it asked for', () => {
  const given = {
    type: 'Throttled',
    nonRetryable: false,
    nextRetryDelay: '1 hour',
    category: ApplicationFailureCategory.BENIGN,
  } as const;
  const told = redactError(ApplicationFailure.create({ ...given, message: `not yet: ${REF}` }), REF);
  expect(told).toMatchObject(given);
  expect(inspect(told)).not.toContain('geheim');
});

describe('a final failure of another copy of the SDK', () => {
  const fields = { name: 'ApplicationFailure', type: 'Archived', nonRetryable: true, details: [1] };
  const foreign = (message: string) => Object.assign(new Error(message), fields);
  const { name: _, ...kept } = fields;

  it('is final for this one', () => {
    const told = storageFailure(foreign('never'), null);
    expect(told).toBeInstanceOf(ApplicationFailure);
    expect(told).toMatchObject({ message: 'never', ...kept });
  });

  it('that shows a secret stays final', () => {
    const told = redactError(foreign(`never: ${REF}`), REF);
    expect(told).toBeInstanceOf(ApplicationFailure);
    expect(told).toMatchObject(kept);
    expect(inspect(told)).not.toContain('geheim');
  });
});

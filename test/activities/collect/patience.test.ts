// How long an output is tried again goes by what went wrong: what no storage said may be gone within minutes, and is no outage of hours.
import { expect, test } from 'vitest';
import { OUTAGE_AFTER, Patience } from '../../../activities/collect/patience';
import { type StorageErrorDetails, UnstructuredStorageError } from '../../../src/core/storage-error';

const MINUTE = 60_000;

/** Whether all outputs of a job are tried on, after so many minutes in which each failed so. */
function isPatient(minutes: number, details: StorageErrorDetails): boolean {
  const patience = new Patience(OUTAGE_AFTER, minutes * MINUTE);
  const error = new UnstructuredStorageError('no room', details);
  for (let output = 0; output < OUTAGE_AFTER; output++) patience.failed(output, error);
  return patience.mayPass(error);
}

test.each([302, 400, 403, 407])('a refusal by %i without a code has ten minutes', (status) => {
  const ways = [9, 11].map((minutes) => isPatient(minutes, { kind: 'passing', status }));
  expect(ways).toEqual([true, false]);
});

test.each<Partial<StorageErrorDetails>>([
  {},
  { status: 200 },
  { status: 307 },
  { status: 429 },
  { status: 503 },
  { status: 403, code: 'RequestTimeTooSkewed' },
])('an outage that shows by %o has hours', (answer) => {
  expect(isPatient(700, { kind: 'passing', ...answer })).toBe(true);
});

// An earlier run of the key is taken up by what it left behind, and by the word of whoever repeats it, which counts more.
import { expect, test } from 'vitest';
import { mergeResumed } from '../../../src/core/run/resume';
import { JOB_ID } from '../fixtures';

const lost = { token: 'a1b2c3d4e5f6', sentAt: '2026-01-01T00:00:00.000Z' };
const known = { jobId: JOB_ID, token: lost.token, knownFiles: [], startedByRun: true };

test('each stands alone where the other is missing', () => {
  expect(mergeResumed(null, undefined)).toBeUndefined();
  expect(mergeResumed(known, undefined)).toBe(known);
  expect(mergeResumed(null, lost)).toBe(lost);
});

test('a person names the job of a start that nobody could tell', () => {
  expect(mergeResumed(lost, { jobId: JOB_ID })).toEqual({ ...lost, jobId: JOB_ID });
  expect(mergeResumed(lost, { jobId: JOB_ID, token: null })).toMatchObject({ token: lost.token });
});

test('what was known of the job stands beside its id, however written', () => {
  expect(mergeResumed(known, { jobId: JOB_ID.toUpperCase() })).toMatchObject({ knownFiles: [], startedByRun: true });
});

test('what was known of another job does not', () => {
  const other = { jobId: '00000000-0000-4000-8000-000000000001' };
  expect(mergeResumed(known, other)).toEqual(other);
});

// While outputs are fetched, the progress tells what went wrong last, and how often something was tried again.
import { expect, test } from 'vitest';
import { progressOfRun, type RunView } from '../../../src/core/run/progress';
import { detailsOfRun } from '../../../workflows/run/current-details';

const view: RunView = {
  account: undefined,
  documents: 2,
  jobId: 'job',
  start: null,
  wait: null,
  transfer: null,
  outputs: 4,
  collectEndsAt: Date.parse('2026-11-30T06:00:00.000Z'),
  nodeStats: null,
  unserved: null,
  isEnded: false,
};
const limitAt = '2026-11-30T06:00:00.000Z';
const budgetEndsAt = { credentials: null };
const lastError = { type: 'UnstructuredStorageError', message: 'busy [status 503]', at: '2026-11-29T06:00:00.000Z' };

test.each<[string, Partial<RunView>, object | null]>([
  ['before', { outputs: null }, null],
  ['at first', {}, { retries: 0, lastError: null, limitAt, budgetEndsAt }],
  [
    'of an upload',
    { transfer: { phase: 'upload', done: 1, total: 2, retries: 3, lastError } },
    { retries: 0, lastError: null, limitAt, budgetEndsAt },
  ],
  [
    'in trouble',
    { transfer: { phase: 'collect', done: 1, total: 4, retries: 3, lastError } },
    { retries: 3, lastError, limitAt, budgetEndsAt },
  ],
  [
    'while a credential is refused',
    {
      transfer: {
        phase: 'collect',
        done: 1,
        total: 4,
        retries: 3,
        lastError,
        credentialsEndAt: '2026-11-29T07:00:00.000Z',
      },
    },
    { retries: 3, lastError, limitAt, budgetEndsAt: { credentials: '2026-11-29T07:00:00.000Z' } },
  ],
  [
    'after the end',
    {
      isEnded: true,
      transfer: { phase: 'collect', done: 1, total: 4, retries: 3, lastError, credentialsEndAt: limitAt },
    },
    { retries: 3, lastError, limitAt: null, budgetEndsAt },
  ],
  [
    'after trouble',
    { transfer: { phase: 'collect', done: 2, total: 4, retries: 3, lastError: null } },
    { retries: 3, lastError: null, limitAt, budgetEndsAt },
  ],
])('%s', (_, changes, fetching) => expect(progressOfRun({ ...view, ...changes }).fetching).toEqual(fetching));

test('the Web UI shows it', () => {
  const transfer = { phase: 'collect', done: 1, total: 4, retries: 3, lastError } as const;
  const details = detailsOfRun(progressOfRun({ ...view, transfer }));
  expect(details).toContain('fetching outputs 1/4');
  expect(details).toContain('3 times');
  expect(details).toContain('UnstructuredStorageError: busy ');
  expect(details).toMatch(/Limit.at \| 2026-11-30 06:00:00 UTC \(collectLimit\)/);
  expect(details).not.toMatch(/Tolerated/);
  expect(detailsOfRun(progressOfRun(view))).not.toMatch(/Last.fetch/);
  const refused = { ...transfer, credentialsEndAt: '2026-11-29T07:00:00.000Z' };
  expect(detailsOfRun(progressOfRun({ ...view, transfer: refused }))).toMatch(
    /Tolerated.until \| 2026-11-29 07:00:00 UTC \(credentialBudget\)/,
  );
});

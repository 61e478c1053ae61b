// While outputs are fetched, the progress tells what went wrong last, and how often something was tried again.
import { expect, test } from 'vitest';
import { progressOfRun, type RunView } from '../../../src/core/run/progress';
import { detailsOfRun } from '../../../workflows/run/current-details';

const view: RunView = {
  documents: 2,
  jobId: 'job',
  start: null,
  wait: null,
  transfer: null,
  outputs: 4,
  nodeStats: null,
  unserved: null,
  isEnded: false,
};
const lastError = { type: 'UnstructuredStorageError', message: 'busy [status 503]', at: '2026-11-29T06:00:00.000Z' };

test.each<[string, Partial<RunView>, object | null]>([
  ['before', { outputs: null }, null],
  ['at first', {}, { retries: 0, lastError: null }],
  [
    'of an upload',
    { transfer: { phase: 'upload', done: 1, total: 2, retries: 3, lastError } },
    { retries: 0, lastError: null },
  ],
  [
    'in trouble',
    { transfer: { phase: 'collect', done: 1, total: 4, retries: 3, lastError } },
    { retries: 3, lastError },
  ],
  [
    'after trouble',
    { transfer: { phase: 'collect', done: 2, total: 4, retries: 3, lastError: null } },
    { retries: 3, lastError: null },
  ],
])('%s', (_, changes, fetching) => expect(progressOfRun({ ...view, ...changes }).fetching).toEqual(fetching));

test('the Web UI shows it', () => {
  const transfer = { phase: 'collect', done: 1, total: 4, retries: 3, lastError } as const;
  const details = detailsOfRun(progressOfRun({ ...view, transfer }));
  expect(details).toContain('fetching outputs 1/4');
  expect(details).toContain('3 times');
  expect(details).toContain('UnstructuredStorageError: busy ');
  expect(detailsOfRun(progressOfRun(view))).not.toMatch(/Last.fetch/);
});

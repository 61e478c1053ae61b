// How a run is, in each step of it, as lists of workflows tell.
import { expect, it } from 'vitest';
import { healthOfRun, type RunCondition } from '../../../src/core/run/health';
import type { TransferProgress } from '../../../src/core/start/request';
import { beginStart, type StartState } from '../../../src/core/start/state';
import { startWait } from '../../../src/core/wait/state';
import { JOB_ID } from '../fixtures';

const UNSERVED = { since: 0, taskQueue: 'q' };
const healthOf = (condition: Partial<RunCondition>) =>
  healthOfRun({ start: null, wait: null, outputs: null, transfer: null, unserved: null, ...condition });
const starting = (state: Partial<StartState>) => healthOf({ start: { state: { ...beginStart(null), ...state } } });
const refused = (error: object): Partial<StartState> => ({
  refused: { limitedSince: null, outageSince: 0, count: 1, at: 0, final: false, error: error as never },
});
const lost = { sentAt: 0, since: 0, lostAt: 0, searches: 0, failedSearches: 0, lastSearchAt: 0, error: {} as never };

const EXPIRED = {
  ref: 'm:0',
  reason: 'credentialRefused',
  refused: [{ index: 0, ref: 'm:0', reason: 'credentialRefused', message: 'refused' }],
  refusedTotal: 1,
} as const;

it.each<[string, string, Partial<StartState>]>([
  ['ok', 'sent', {}],
  [
    'ok',
    'waiting for the workflow to end its run',
    { busy: { since: 0, detail: null, looks: 1, lastLookAt: 0, running: [] } },
  ],
  ['failing', 'refused for now', refused({ type: 'UnstructuredServerError', api: { kind: 'server', status: 503 } })],
  ['failing', 'looked for', { uncertain: lost }],
  ['refused key', 'refused for its key', refused({ type: '', api: { kind: 'authentication', status: 401 } })],
  [
    'refused key',
    "refused for its storage's credential",
    refused({ type: 'UnstructuredDocumentRefusedError', api: null, refusal: EXPIRED }),
  ],
  ['no worker', 'taken by no worker', { ...refused({ type: '', api: null }), unserved: UNSERVED }],
])('is %s while its start is %s', (health, _, state) => {
  expect(starting(state)).toBe(health);
});

it('is that of the wait while the job is awaited', () => {
  const state = startWait({ jobId: JOB_ID, files: 'all', safetyGapMs: null }, 1_000);
  const start = { state: { ...beginStart(null), ...refused({ type: '', api: null }) } };
  expect(healthOf({ start, wait: { state } })).toBe('ok');
  expect(healthOf({ start, wait: { state: { ...state, unserved: UNSERVED } } })).toBe('no worker');
});

it.each<[string, Partial<RunCondition>]>([
  ['ok', {}],
  ['ok', { transfer: { ...transferWith({}), phase: 'upload' } }],
  ['failing', { transfer: transferWith({}) }],
  ['refused key', { transfer: transferWith({ credentialsEndAt: '2026-01-31T12:00:00Z' }) }],
  ['no worker', { transfer: transferWith({}), unserved: UNSERVED }],
])('is %s while outputs are fetched with %j', (health, condition) => {
  const wait = { state: startWait({ jobId: JOB_ID, files: 'all', safetyGapMs: null }, 1_000) };
  expect(healthOf({ wait, outputs: 1, ...condition })).toBe(health);
});

it('is told before anything is sent, too: no worker takes what comes first', () => {
  expect(healthOf({ start: { state: beginStart(null) }, unserved: UNSERVED })).toBe('no worker');
});

function transferWith(told: Partial<TransferProgress>): TransferProgress {
  const lastError = { type: 'UnstructuredServerError', message: 'away', at: '2026-01-31T12:00:00Z' };
  return { phase: 'collect', done: 0, total: 1, lastError, ...told };
}

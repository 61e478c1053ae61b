// What a wait tells by its search attributes.
import { expect, it } from 'vitest';
import type { AttributeValues } from '../../../src/core/attributes';
import { counted } from '../../../src/core/wait/node-counts';
import { observe } from '../../../src/core/wait/observe';
import { startWait, type WaitState } from '../../../src/core/wait/state';
import { attributeValues } from '../../../src/core/wait/attribute-values';
import { answer, JOB_ID, nodesAt } from '../fixtures';

const START = startWait({ jobId: JOB_ID, files: 'all', safetyGapMs: null }, 1_000);
const streak = { count: 1, since: 0 };
const running = observe(START, answer('IN_PROGRESS'), 1_000, 1_000);
const nodes = counted(running, { stallLimit: 1 }, nodesAt(1), 1_000, 1_000);
const { job: runningJob, nodes: stillNodes } = counted(nodes, { stallLimit: 1 }, nodesAt(1), 2_000, 2_000);
const stalled = { job: runningJob, nodes: stillNodes };

it('is its job, its account, and when it began', () => {
  const values: AttributeValues = { jobId: JOB_ID, status: null, account: 'eu', health: 'ok', startedAt: 1_000 };
  expect(attributeValues(START, 'eu')).toEqual(values);
  expect(attributeValues(START)).toEqual({ ...values, account: null });
});

it.each<[string, Partial<WaitState>]>([
  ['ok', running],
  ['stalled', stalled],
  ['failing', { ...stalled, failing: streak }],
  ['refused key', { failing: streak, credentialFailing: streak }],
  ['no worker', { failing: streak, credentialFailing: streak, unserved: { since: 0, taskQueue: 'q' } }],
])('is the health %s', (health, state) => {
  expect(attributeValues({ ...START, ...state })).toMatchObject({ health, status: state.job?.status ?? null });
});

it('is short, and in one line, whatever status and account are', () => {
  const job = { id: JOB_ID, status: `a\n${'x'.repeat(500)}` } as WaitState['job'];
  const { status, account } = attributeValues({ ...START, job }, 'é'.repeat(500));
  expect(status).toMatch(/^a x+$/);
  expect([status?.length, account?.length]).toEqual([200, 200]);
});

/** The patterns that are measured wait as they claim to, so that a bench measures waits and nothing else. */
import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activitiesOver } from '../../../bench/support/activities';
import { benchBundle } from '../../../bench/support/bundle';
import { NAIVE_LOOP, OURS, expectResult, RETRIED_ACTIVITY } from '../../../bench/support/patterns';
import { UnstructuredClient } from '../../../src';
import { createTestEnvironment, FakeUnstructured } from '../../../src/testing';
import { collectLogs } from '../../support/logs';

const CHECKS = 3;
const QUEUE = 'patterns';
let env: TestWorkflowEnvironment;

beforeAll(async () => {
  collectLogs();
  env = await createTestEnvironment();
});
afterAll(() => env.teardown());

test.each([OURS, NAIVE_LOOP, RETRIED_ACTIVITY])('$name makes its checks and calls nothing else', async (pattern) => {
  await using api = await FakeUnstructured.start({ now: () => env.currentTimeMs() });
  await using client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: CHECKS - 1 }], ['COMPLETED']] });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: QUEUE,
    workflowBundle: await benchBundle(),
    activities: activitiesOver(client),
  });
  const events = await worker.runUntil(async () => {
    const handle = await pattern.start(env.client, QUEUE, job.id, 1_000);
    await expectResult(pattern, handle);
    return (await handle.fetchHistory()).events ?? [];
  });
  expect(api.requests.map(({ operation }) => operation)).toEqual(Array(CHECKS).fill('getJob'));
  expect(events.filter((event) => event.activityTaskFailedEventAttributes)).toEqual([]);
});

test('a wait that ended otherwise than it should is no measurement', async () => {
  const handle = (result: unknown) => ({ result: () => Promise.resolve(result) });
  const job = { status: 'COMPLETED' };
  await expect(expectResult(OURS, handle({ job, documentsError: null }))).resolves.toBeUndefined();
  await expect(expectResult(OURS, handle({ job, documentsError: 'TIMEOUT' }))).rejects.toThrow(
    'awaitJobCompletion ended',
  );
  await expect(expectResult(NAIVE_LOOP, handle({ status: 'FAILED' }))).rejects.toThrow('naive timer loop ended');
});

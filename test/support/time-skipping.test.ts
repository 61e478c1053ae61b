// What the tests on the time-skipping server rely on: no test disturbs another, or itself by the moment at which it cancels.
import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, it, test, vi } from 'vitest';
import { faults } from '../../src/testing';
import { atRest } from './at-rest';
import { eventsOf } from './histories';
import { parentOfChild } from './parents';
import { QUEUE, RARELY, type Setup, useTimeSkipping } from './time-skipping';
import { isAsNew } from './time-skipping-server';
import { whatIsUnderWay } from './under-way';

const withWorker = useTimeSkipping();
const ENDLESS = { timeline: ['IN_PROGRESS'] };

test('a cancellation has come to the children when `cancel` returns', async () => {
  await withWorker(async ({ api, env }) => {
    const { id } = api.addJob(ENDLESS);
    const options = { taskQueue: QUEUE, workflowId: 'parent', args: [id, RARELY] as Parameters<typeof parentOfChild> };
    const parent = await env.client.workflow.start(parentOfChild, options);
    await env.sleep('15 minutes');
    await atRest(env.client, parent);
    await parent.cancel();
    const events = await eventsOf(env.client.workflow.getHandle(`unstructured-job-${id}`));
    expect(events.filter((event) => event.workflowExecutionCancelRequestedEventAttributes)).toHaveLength(1);
    await expect(parent.result()).rejects.toThrow();
  });
});

test('what is under way tells the timers and activities that workflows wait for, and nothing of those that ended', async () => {
  await withWorker(async ({ api, env, start }) => {
    const ended = await start(api.addJob(), RARELY);
    await ended.result();
    const asleep = await start(api.addJob(ENDLESS), RARELY);
    await env.sleep('1 minute');
    await atRest(env.client, asleep);
    const asking = await start(api.addJob({ ...ENDLESS, faults: [[1, faults.hang()]] }), RARELY);
    await vi.waitFor(() => expect(api.requests.at(-1)?.jobId).toBe(api.jobs[2]!.id), { timeout: 30_000 });
    const runs = [ended, asleep, asking].map((run) => ({ workflowId: run.workflowId, runId: run.firstExecutionRunId }));
    const [first, ...lines] = (await whatIsUnderWay(env, runs))!.split('\n');
    expect(first).toMatch(/^Workflows under way, at \d{4}-.*Z by the server's clock:$/);
    expect(lines).toEqual([
      expect.stringMatching(`^${asleep.workflowId} waits for timer of 6\\d\\d s; last events: .* \\d+ TimerStarted$`),
      expect.stringMatching(
        `^${asking.workflowId} waits for activity getJob \\(started, attempt 1\\).*; last events: `,
      ),
    ]);
    for (const wait of [asleep, asking]) {
      await wait.cancel();
      await expect(wait.result()).rejects.toThrow();
    }
  });
});

const LEFT = 'left';
test.fails('a test that fails while a workflow is under way', async () => {
  await withWorker(async ({ api, env }) => {
    const args: Parameters<typeof parentOfChild> = [api.addJob(ENDLESS).id, RARELY];
    const parent = await env.client.workflow.start(parentOfChild, { taskQueue: QUEUE, workflowId: LEFT, args });
    expect((await parent.describe()).status.name).toBe('COMPLETED');
  });
});

it('leaves none to the next', async () => {
  await withWorker(async ({ env }) => {
    await expect(env.client.workflow.getHandle(LEFT).describe()).rejects.toThrow(WorkflowNotFoundError);
  });
});

test.each<[string, (setup: Setup) => Promise<() => Promise<unknown>>]>([
  [
    'a workflow is open',
    async ({ api, env, start }) => {
      const wait = await start(api.addJob(ENDLESS), RARELY);
      await atRest(env.client, wait);
      return async () => {
        await wait.cancel();
        await expect(wait.result()).rejects.toThrow();
      };
    },
  ],
  [
    'the clock runs though nobody waits',
    async ({ env }) => {
      await env.connection.testService!.unlockTimeSkipping({});
      return () => env.connection.testService!.lockTimeSkipping({});
    },
  ],
  [
    'something holds the clock',
    async ({ env }) => {
      await env.connection.testService!.lockTimeSkipping({});
      return () => env.connection.testService!.unlockTimeSkipping({});
    },
  ],
])('the next file gets another server where %s', async (_, change) => {
  await withWorker(async (setup) => {
    expect(await isAsNew(setup.env)).toBe(true);
    const changeBack = await change(setup);
    expect(await isAsNew(setup.env)).toBe(false);
    await changeBack();
    expect(await isAsNew(setup.env)).toBe(true);
  });
});

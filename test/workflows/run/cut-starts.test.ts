// A start that hangs: what may have been received is looked for, and never sent again. One that is cut off before its documents were all
// read was not received whole: it is sent again.
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { expect, test } from 'vitest';
import type { RunJobInput } from '../../../src/core/run/input';
import { faults } from '../../../src/testing';
import { sample } from '../../support/breadth';
import { Gate } from '../../support/gate';
import { sent, useRuns } from '../../support/runs';
import { uploadProxy } from '../../support/upload-proxy';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const MEGABYTE = 1_000_000;

test('a start whose connection is cut after half of a large document is sent again', async () => {
  const proxy = await uploadProxy(4 * MEGABYTE, 'reset');
  await withRuns(
    async ({ api, document, run }) => {
      proxy.target = api.url;
      const documents = [await document('a.pdf', 'x'.repeat(8 * MEGABYTE))];
      const result = await run({ start, documents });
      expect(proxy.isReached).toBe(true);
      expect(result.start).toEqual({ how: 'answered', sends: 2 });
      expect(api.jobs.map(({ id }) => id)).toEqual([result.job.id]);
    },
    { plugin: { baseUrl: proxy.url } },
  );
});

test('a start that was accepted and is never answered: its job is found', async () => {
  await withRuns(async ({ api, document, run }) => {
    api.addFaults([[{ operation: 'createJob' }, faults.hang()]]);
    api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const result = await run({ start, documents: [await document('a.pdf')], uploadTimeout: '10 seconds' });
    expect(result.start).toEqual({ how: 'found', sends: 1 });
    expect(api.jobs.map(({ id }) => id)).toEqual([result.job.id]);
  });
});

// One at a time: the clock skips for no start while another is under way.
test.each(sample(['createJob', 'runWorkflow'], 1))(
  'a start by %s whose activity Temporal ends is not sent again: its job is found',
  async (operation) => {
    const released = new Gate();
    const holding: ActivityInterceptorsFactory = () => ({
      inbound: {
        async execute(input, next) {
          const answer = await next(input);
          if ((answer as { started?: boolean }).started) await released.opened;
          return answer;
        },
      },
    });
    await withRuns(
      async ({ api, document, run, env }) => {
        const { id: workflowId } = api.addWorkflow();
        // There before: the heartbeat of an activity that is ended tells so.
        api.addJob({ workflowId, createdAt: await env.currentTimeMs() });
        api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
        const inputs: Record<string, RunJobInput> = {
          createJob: { start, documents: [await document('a.pdf')] },
          runWorkflow: { start: { workflowId } },
        };
        const result = await run({ ...inputs[operation]!, uploadTimeout: '10 seconds' });
        expect(result.start).toEqual({ how: 'found', sends: 1 });
        expect(sent(api, operation)).toBe(1);
        released.open();
      },
      { worker: { interceptors: { activity: [holding] } } },
    ).finally(() => released.open());
  },
);

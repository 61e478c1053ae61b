import type { JobToAwait } from '../../src';
import { faults, type TimelineStep } from '../../src/testing';
import { ended, type Scenario } from './recording';

const START = { templateId: 'hi_res_partition' };
const OPTIONS = { minimumGap: '1 minute', maximumGap: '4 minutes' } as const;
const ENDLESS = { timeline: ['IN_PROGRESS'] };
const TWO_CHECKS: TimelineStep[] = [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']];

/** Paths of a run, and of waits that end their job. */
export const RUN_SCENARIOS: Record<string, Scenario> = {
  run: {
    behaviour: 'a run from documents to saved outputs',
    play: async ({ api, documents, outputs, startRun }) => {
      api.setStartedJobs({ timeline: [['SCHEDULED', '5m'], ['IN_PROGRESS', '15m'], ['COMPLETED']] });
      return ended(await startRun('run', { start: START, documents, outputs, ...OPTIONS }));
    },
  },

  'run-hiccups': {
    behaviour: 'a start refused by 429, an outage of the job, outputs that come late, a failed document, node counts',
    play: async ({ api, documents, outputs, startRun }) => {
      api.addFaults([
        [{ operation: 'createJob', first: 1 }, faults.rateLimit({ retryAfter: 90 })],
        [{ operation: 'getJob', first: 2 }, faults.status(503)],
        [{ operation: 'downloadJobOutput', first: 2 }, faults.status(404)],
      ]);
      api.setStartedJobs({
        timeline: [['IN_PROGRESS', '15m'], ['COMPLETED']],
        failedFiles: { 'letter-1.txt': 'encrypted' },
      });
      return ended(await startRun('run-hiccups', { start: START, documents, outputs, nodeCounts: true, ...OPTIONS }));
    },
  },

  'run-broken-off': {
    behaviour: 'a start that breaks off while a document is sent: no job was started, and it is sent again',
    play: async ({ api, documents, breakingOff, startRun }) => {
      api.setStartedJobs({ timeline: TWO_CHECKS });
      return ended(
        await startRun('run-broken-off', { start: START, documents: [...documents, breakingOff], ...OPTIONS }),
      );
    },
  },

  'run-found': {
    behaviour: 'a start whose answer is lost: its job is found by the token, in a list that lags',
    play: async ({ api, documents, startRun }) => {
      api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
      api.setAnswers({ listLag: '45s' });
      api.setStartedJobs({ timeline: TWO_CHECKS });
      const found = await ended(await startRun('run-found', { start: START, documents, ...OPTIONS }));
      api.setAnswers({ listLag: 0 });
      return found;
    },
  },

  'run-uncertain': {
    behaviour: 'a start whose answer is lost, and no job that could be its: it ends as uncertain',
    play: async ({ api, documents, startRun }) => {
      api.addFaults([[{ operation: 'createJob', first: 1 }, faults.notAccepted()]]);
      return ended(await startRun('run-uncertain', { start: START, documents, ...OPTIONS }));
    },
  },

  'run-busy': {
    behaviour: "a workflow that is busy with somebody else's job: the run waits, then starts its own",
    play: async ({ api, startRun }) => {
      const { id } = api.addWorkflow();
      api.addJob({ workflowId: id, timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']] });
      api.setStartedJobs({ timeline: ['COMPLETED'] });
      return ended(await startRun('run-busy', { start: { workflowId: id }, ...OPTIONS }));
    },
  },

  'run-continued': {
    behaviour: 'a run that continues as new while it waits',
    play: async ({ api, documents, outputs, startRun }) => {
      api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 12 }], ['COMPLETED']] });
      const input = { start: START, documents, outputs, continueAsNewAfterEvents: 60, ...OPTIONS };
      return ended(await startRun('run-continued', input));
    },
  },

  'run-cancelled': {
    behaviour: 'a run that is cancelled: it cancels its job and sees it end',
    play: async ({ api, env, documents, startRun }) => {
      api.setStartedJobs(ENDLESS);
      const handle = await startRun('run-cancelled', { start: START, documents, ...OPTIONS });
      await env.sleep('30 minutes');
      await handle.cancel();
      return ended(handle);
    },
  },

  'cancelled-with-job': {
    behaviour: 'a wait that is cancelled and cancels its job (onCancel)',
    play: async ({ api, env, start }) => {
      const handle = await start(api.addJob(ENDLESS).id, { ...OPTIONS, onCancel: 'cancel' });
      await env.sleep('30 minutes');
      await handle.cancel();
      return ended(handle);
    },
  },

  'limit-with-job': {
    behaviour: 'a wait whose limit passes and that cancels its job (onLimit)',
    play: async ({ api, start }) =>
      ended(await start(api.addJob(ENDLESS).id, { ...OPTIONS, onLimit: 'cancel', runLimit: '20 minutes' })),
  },

  'failed-files': {
    behaviour: 'a COMPLETED job with a failed document',
    play: async ({ api, start }) => {
      const job = api.addJob({
        files: ['a.pdf', 'b.pdf'],
        failedFiles: { 'b.pdf': 'encrypted' },
        timeline: TWO_CHECKS,
      });
      return ended(await start(job.id, OPTIONS));
    },
  },

  awaited: {
    behaviour: 'a wait for the next job of a workflow, which is not there yet',
    play: async ({ api, env, start }) => {
      const workflowId = '7b9c2f7e-8f57-4b38-9a43-5a3f6f0b8a11';
      const job: JobToAwait = { workflowId, createdAfter: new Date(await env.currentTimeMs()).toISOString() };
      const handle = await start(job, OPTIONS);
      await env.sleep('10 minutes');
      api.addJob({ workflowId, timeline: TWO_CHECKS });
      return ended(handle);
    },
  },
};

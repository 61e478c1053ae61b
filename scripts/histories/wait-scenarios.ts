import { checkNow } from '../../src';
import { faults, type TimelineStep } from '../../src/testing';
import { ended, type Scenario } from './recording';

const TIMELINE: TimelineStep[] = [['SCHEDULED', '5m'], ['IN_PROGRESS', '15m'], ['COMPLETED']];
const OPTIONS = { minimumGap: '1 minute', maximumGap: '4 minutes', runLimit: '6 hours' } as const;

/** Paths of a wait. */
export const WAIT_SCENARIOS: Record<string, Scenario> = {
  simple: {
    behaviour: 'a wait from SCHEDULED over IN_PROGRESS to COMPLETED: checks, gaps, the question about documents',
    play: async ({ api, start }) => ended(await start(api.addJob({ files: 2, timeline: TIMELINE }).id, OPTIONS)),
  },

  hiccups: {
    behaviour:
      '404 at first, 429, an outage, a refused key, an unknown status, signals, and a last answer without files',
    play: async ({ api, start }) => {
      const job = api.addJob({
        timeline: TIMELINE,
        faults: [
          [1, faults.status(404)],
          [3, faults.rateLimit({ retryAfter: 5 })],
          [{ after: '6m', until: '12m' }, faults.status(503)],
          [{ after: '12m', until: '13m' }, faults.status(401)],
          [{ after: '14m', until: '16m' }, faults.patch({ set: { status: 'PAUSED' } })],
        ],
        answers: { outputNodeFiles: 'nullOnceTerminal' },
      });
      const handle = await start(job.id, OPTIONS);
      await handle.signal(checkNow);
      await handle.signal(checkNow, { safetyGap: '2 minutes' });
      return ended(handle);
    },
  },

  failed: {
    behaviour: 'a job that ends FAILED, and the question about its documents',
    play: async ({ api, start }) =>
      ended(await start(api.addJob({ timeline: [['IN_PROGRESS', '5m'], ['FAILED']] }).id, OPTIONS)),
  },

  'late-details': {
    behaviour:
      'details that lag behind a COMPLETED job: the question about its documents is asked again, until they tell',
    play: async ({ api, start }) => {
      const job = api.addJob({ timeline: ['COMPLETED'], answers: { detailsLag: '90s' } });
      return ended(await start(job.id, OPTIONS));
    },
  },

  'details-too-late': {
    behaviour: 'details that lag behind a COMPLETED job for longer than two minutes: the wait ends without them',
    play: async ({ api, start }) => {
      const job = api.addJob({ timeline: ['COMPLETED'], answers: { detailsLag: '1 hour' } });
      return ended(await start(job.id, OPTIONS));
    },
  },

  'odd-answers': {
    behaviour:
      'questions about documents that get odd answers: one is answered when it is asked the third time, one never',
    play: async ({ api, start }) => {
      const job = api.addJob({ failedFiles: { 'a.pdf': 'encrypted' }, files: ['a.pdf'], timeline: ['COMPLETED'] });
      job.addFaults([
        [{ operation: 'getJobDetails', first: 2 }, faults.status(400)],
        [{ operation: 'getJobFailedFiles', first: 3 }, faults.status(400)],
      ]);
      return ended(await start(job.id, OPTIONS));
    },
  },

  'timed-out': {
    behaviour: 'a run limit that passes while the job runs, which is left',
    play: async ({ api, start }) =>
      ended(await start(api.addJob({ timeline: ['IN_PROGRESS'] }).id, { ...OPTIONS, runLimit: '10 minutes' })),
  },

  stalled: {
    behaviour: 'a stall limit: counts that change, counts that fail, and a limit that passes',
    play: async ({ api, start }) => {
      const job = api.addJob({ nodes: 2, timeline: ['IN_PROGRESS'], answers: { nodeTakes: '10m' } });
      job.addFaults([[{ operation: 'getJobDetails', from: 4, to: 5 }, faults.status(503)]]);
      return ended(await start(job.id, { ...OPTIONS, stallLimit: '20 minutes' }));
    },
  },

  continued: {
    behaviour: 'a wait that continues as new, with all that it knows',
    play: async ({ api, start }) => {
      const job = api.addJob({
        timeline: [['SCHEDULED', { checks: 4 }], ['IN_PROGRESS', { checks: 8 }], ['COMPLETED']],
      });
      return ended(await start(job.id, { ...OPTIONS, continueAsNewAfterEvents: 50 }));
    },
  },
};

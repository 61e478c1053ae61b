import type { RunJobsHandle, RunJobsInput } from '../../src';
import type { TimelineStep } from '../../src/testing';
import type { RunId } from '../../test/support/histories';
import { ended, type Recording, type Scenario } from './recording';

const START = { templateId: 'hi_res_partition' };
const OPTIONS = { minimumGap: '1 minute', maximumGap: '4 minutes', perJob: 1 } as const;
const FIVE_MINUTES: TimelineStep[] = [['IN_PROGRESS', '5m'], ['COMPLETED']];

/** Paths of a batch, and of a job of one. */
export const BATCH_SCENARIOS: Record<string, Scenario> = {
  batch: {
    behaviour: 'a batch of two jobs, from the plan to the manifest',
    play: (recording) => {
      recording.api.setStartedJobs({ timeline: FIVE_MINUTES });
      return play(recording, 'batch');
    },
  },

  'batch-job': {
    behaviour: 'a job of a batch: it reads its documents, waits for its turn, and writes its part of the manifest',
    play: async (recording) => {
      const { workflow } = recording.env.client;
      recording.api.setStartedJobs({ timeline: FIVE_MINUTES });
      await play(recording, 'batch-of-job');
      return ended(workflow.getHandle('batch-of-job/2'));
    },
  },

  'batch-stopped': {
    behaviour: 'a batch that is stopped, since more failed than is tolerated',
    play: (recording) => {
      recording.api.setStartedJobs({ timeline: [['IN_PROGRESS', '5m'], ['FAILED']] });
      return play(recording, 'batch-stopped', { parallel: 1, tolerated: 0 });
    },
  },

  'batch-continued': {
    behaviour: 'a batch that continues as new: it lets its jobs end, and goes on with the next',
    play: (recording) => {
      recording.api.setStartedJobs({ timeline: ['COMPLETED'] });
      const documents = [1, 2, 3].flatMap((copy) =>
        recording.documents.map(({ ref }) => ({ ref, identity: `${ref} ${copy}` })),
      );
      return play({ ...recording, documents }, 'batch-continued', { parallel: 2, continueAsNewAfterEvents: 50 });
    },
  },

  'batch-resumed': {
    behaviour: 'a batch that is run again: it passes over a job that is finished, and starts one anew that was stopped',
    play: async (recording) => {
      const { api, env } = recording;
      const options = { parallel: 1 };
      api.setStartedJobs({ timeline: FIVE_MINUTES });
      const first = await start(recording, 'batch-resumed', options);
      await env.sleep('2 minutes');
      api.setStartedJobs({ timeline: ['STOPPED'] });
      await first.result();
      api.setStartedJobs({ timeline: FIVE_MINUTES });
      return play(recording, 'batch-resumed', options);
    },
  },

  'batch-cancelled': {
    behaviour: 'a batch that is cancelled with a job under way: it awaits the end of its run, and writes the manifest',
    play: (recording) => playCancelled(recording, 'batch-cancelled'),
  },

  'batch-job-cancelled': {
    behaviour: 'a job of a batch that is cancelled: it is stopped, and its part of the manifest says so',
    play: async (recording) => {
      await playCancelled(recording, 'batch-of-cancelled-job');
      return ended(recording.env.client.workflow.getHandle('batch-of-cancelled-job/1'));
    },
  },
};

type Options = Partial<Pick<RunJobsInput, 'parallel' | 'tolerated' | 'continueAsNewAfterEvents'>>;

async function play(recording: Recording, key: string, options: Options = {}): Promise<RunId> {
  return ended(await start(recording, key, options));
}

async function playCancelled(recording: Recording, key: string): Promise<RunId> {
  recording.api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
  const handle = await start(recording, key, { parallel: 1 });
  await recording.env.sleep('30 seconds');
  await handle.cancel();
  return ended(handle);
}

function start({ documents, outputs, startBatch }: Recording, key: string, options: Options): Promise<RunJobsHandle> {
  return startBatch(key, { start: START, documents, outputs, ...OPTIONS, ...options });
}

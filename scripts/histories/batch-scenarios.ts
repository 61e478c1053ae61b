import type { TimelineStep } from '../../src/testing';
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
};

async function play(
  { documents, outputs, startBatch }: Recording,
  key: string,
  options: { parallel?: number; tolerated?: number } = {},
) {
  return ended(await startBatch(key, { start: START, documents, outputs, ...OPTIONS, ...options }));
}

import type { Workflow } from '@temporalio/client';
import type { TimelineStep } from '../../src/testing';
import {
  parentInline,
  parentOfBatch,
  parentOfChild,
  parentOfChildren,
  parentOfParts,
  parentOfRun,
} from '../../test/support/parents';
import type { RunId } from '../../test/support/histories';
import { ended, type Recording, type Scenario } from './recording';

const TIMELINE: TimelineStep[] = [['SCHEDULED', '5m'], ['IN_PROGRESS', '15m'], ['COMPLETED']];
const GAPS = { minimumGap: '1 minute', maximumGap: '4 minutes' } as const;
const WAIT = { ...GAPS, runLimit: '6 hours' } as const;
const START = { templateId: 'hi_res_partition' };

/** Workflows of the user that call what this package exports for them. */
export const PARENT_SCENARIOS: Record<string, Scenario> = {
  'inline-parent': {
    behaviour: 'waits inside a workflow of the user, side by side (`awaitJob`)',
    play: (recording) => {
      const { api } = recording;
      const jobIds = [api.addJob({ timeline: TIMELINE }).id, api.addJob({ timeline: ['COMPLETED'] }).id];
      return play(recording, 'inline', parentInline, jobIds, WAIT);
    },
  },

  'child-parent': {
    behaviour: 'a wait in a child workflow (`executeAwaitJob`)',
    play: (recording) => play(recording, 'child', parentOfChild, recording.api.addJob({ timeline: TIMELINE }).id, WAIT),
  },

  'children-parent': {
    behaviour: 'waits in child workflows, two at a time; one job fails (`executeAwaitJobs`)',
    play: (recording) => {
      const { api } = recording;
      const jobs = [TIMELINE, ['FAILED'], ['COMPLETED']] satisfies TimelineStep[][];
      const jobIds = jobs.map((timeline) => api.addJob({ timeline }).id);
      return play(recording, 'children', parentOfChildren, jobIds, { ...WAIT, parallel: 2 });
    },
  },

  'run-parent': {
    behaviour: 'a run in a child workflow (`executeRunJob`)',
    play: (recording) => {
      const { api, documents, outputs } = recording;
      api.setStartedJobs({ timeline: TIMELINE });
      return play(recording, 'run', parentOfRun, { key: 'run-of-parent', start: START, documents, outputs, ...GAPS });
    },
  },

  'batch-parent': {
    behaviour: 'a batch in a child workflow (`executeRunJobs`)',
    play: (recording) => {
      const { api, documents, outputs } = recording;
      api.setStartedJobs({ timeline: TIMELINE });
      const input = { key: 'batch-of-parent', start: START, documents, outputs, perJob: 1, ...GAPS };
      return play(recording, 'batch', parentOfBatch, input);
    },
  },

  'parts-parent': {
    behaviour:
      'a start, a wait and the saving of outputs inside a workflow of the user (`startJob`, `collectJobOutputs`)',
    play: (recording) => {
      const { api, documents, outputs } = recording;
      api.setStartedJobs({ timeline: TIMELINE });
      return play(recording, 'parts', parentOfParts, START, documents, outputs.to, WAIT);
    },
  },
};

async function play<T extends Workflow>(
  { env, queue: taskQueue }: Recording,
  name: string,
  parent: T,
  ...args: Parameters<T>
): Promise<RunId> {
  const options = { workflowId: `parent-of-${name}`, taskQueue, args: args as unknown[] };
  return ended(await env.client.workflow.start(parent.name, options));
}

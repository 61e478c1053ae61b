import { defaultPayloadConverter } from '@temporalio/common';
import type { AwaitJobOptions } from '../../src';
import { type CheckInput, offeringCheck } from './other-worker';
import { ended, type Recording, type Scenario } from './recording';

const OPTIONS = { minimumGap: '1 minute', maximumGap: '4 minutes' } as const;

/** So short that an activity has no time to lie in its queue, or just long enough. */
type Limit = '20 seconds' | '55 seconds';

/** Paths of a wait whose activities no worker takes: on the server that skips time, one that lies in its queue stops that. */
export const UNSERVED_SCENARIOS: Record<string, Scenario> = {
  unserved: {
    behaviour: 'a check that no worker takes is scheduled again once, and the next one, at the limit, in one piece',
    play: async ({ api, start }) => {
      const limits: AwaitJobOptions = { totalLimit: '55 seconds', activityTaskQueue: 'unserved' };
      return ended(await start(api.addJob({ timeline: ['IN_PROGRESS'] }).id, { ...OPTIONS, ...limits }));
    },
  },

  'unserved-at-limit': {
    behaviour:
      'a check right before the limit has no time to lie in its queue: that none took it says nothing of the queue',
    play: async ({ api, start }) => {
      const limits: AwaitJobOptions = { totalLimit: '20 seconds', activityTaskQueue: 'unserved-at-limit' };
      return ended(await start(api.addJob({ timeline: ['IN_PROGRESS'] }).id, { ...OPTIONS, ...limits }));
    },
  },

  'unserved-watch': {
    behaviour: 'a watch that no worker takes: the checks that follow are scheduled in one piece',
    play: (recording) => playUnserved(recording, 'unserved-watch', '55 seconds'),
  },

  'unserved-watch-at-limit': {
    behaviour: 'a watch right before the limit that no worker takes: that says nothing of the queue',
    play: (recording) => playUnserved(recording, 'unserved-watch-at-limit', '20 seconds'),
  },
};

/** The first check is taken and answered, by no worker: so nothing takes what comes after it. */
async function playUnserved(recording: Recording, taskQueue: string, totalLimit: Limit) {
  const { api, env, start } = recording;
  const { id } = api.addJob({ timeline: ['IN_PROGRESS'] });
  const handle = await start(id, { ...OPTIONS, totalLimit, activityTaskQueue: taskQueue });
  const { workflowService } = env.connection;
  const sender = { namespace: env.namespace ?? 'default', identity: 'worker' };
  const poll = () => workflowService.pollActivityTaskQueue({ ...sender, taskQueue: { name: taskQueue } });
  const { taskToken, input } = await env.connection.withDeadline(Date.now() + 30_000, poll);
  const [asked] = (input?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload<CheckInput>(payload));
  if (!asked) throw new Error('No check was scheduled');
  const payloads = [defaultPayloadConverter.toPayload(offeringCheck(asked, 'IN_PROGRESS'))];
  await workflowService.respondActivityTaskCompleted({ ...sender, taskToken, result: { payloads } });
  return ended(handle);
}

import { type Fault, faults, type JobSpec } from '../../src/testing';
import type { AwaitJobOptions } from '../../src';
import { ended, type Scenario } from './recording';

const EACH_MINUTE = { minimumGap: '1 minute', maximumGap: '1 minute' } as const;
const ENDLESS: JobSpec = { timeline: ['IN_PROGRESS'] };

/** Once the job was seen. */
const thenAlways = (fault: Fault): JobSpec => ({ ...ENDLESS, faults: [[{ from: 2 }, fault]] });

/** Waits that end with a failure, since it comes again and again for as long as its budget. */
export const ENDING_SCENARIOS: Record<string, Scenario> = {
  'ended-by-outage': waitThatEnds('an outage of ten checks', thenAlways(faults.status(503)), {
    outageBudget: '2 minutes',
  }),
  'ended-by-refused-key': waitThatEnds(
    'a key that three checks in a row are refused for',
    thenAlways(faults.status(401)),
    {
      credentialBudget: '1 minute',
    },
  ),
  'ended-by-refused-request': waitThatEnds(
    'requests that are refused, three in a row',
    thenAlways(faults.status(400)),
    {
      requestErrorBudget: '1 minute',
    },
  ),
  'ended-by-unknown-status': waitThatEnds(
    'an unknown status in ten answers',
    { timeline: ['PAUSED'] },
    {
      unknownStatusBudget: '2 minutes',
    },
  ),
  'ended-by-no-job': waitThatEnds(
    'a job that was seen, and of which "Job not found" is said for a minute',
    thenAlways(faults.status(404)),
    {
      minimumGap: '25 seconds',
      maximumGap: '25 seconds',
    },
  ),
  'cancel-without-effect': waitThatEnds(
    'a limit whose cancel request is taken and stops nothing: it is repeated at growing gaps',
    {
      ...ENDLESS,
      answers: { cancelEffect: 'nothing' },
    },
    { runLimit: '1 minute', onLimit: 'cancel', confirmLimit: '1 minute', minimumGap: '10 seconds' },
  ),
};

function waitThatEnds(what: string, job: JobSpec, options: AwaitJobOptions): Scenario {
  return {
    behaviour: `a wait that ends by ${what}`,
    play: async ({ api, start }) => ended(await start(api.addJob(job).id, { ...EACH_MINUTE, ...options })),
  };
}

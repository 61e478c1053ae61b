// Numbers of the workflows' own, which no option sets. One that says whether a step comes is held by a recorded history, which does not replay
// with another: who changes it has to guard the change by `patched`.
import { beforeAll, expect, test } from 'vitest';
import { sample } from '../support/breadth';
import { recordedHistories, replay } from '../support/histories';
import { collectLogs } from '../support/logs';
import { bundleReplacing } from '../support/other-numbers';

beforeAll(() => collectLogs());

const TELLS = 'return scheduleToStartTimeout >= SHOWN_AFTER_MS;';

/** By the history that holds each: the piece of code with the number, and what stands there with smaller and greater ones. */
const NUMBERS: [history: string, what: string, before: string, after: string[]][] = [
  [
    'watches-failed',
    'time after which a watch works',
    'WORKS_AFTER_MS = ',
    ['WORKS_AFTER_MS = 0.8 * ', 'WORKS_AFTER_MS = 1.2 * '],
  ],
  [
    'details-too-late',
    'time for late details',
    'LATE_DETAILS_MS = ',
    ['LATE_DETAILS_MS = 0.5 * ', 'LATE_DETAILS_MS = 2 * '],
  ],
  [
    'odd-answers',
    'number of tries after odd answers',
    'TRIES_AT_ONCE = ',
    ['TRIES_AT_ONCE = -1 + ', 'TRIES_AT_ONCE = 1 + '],
  ],
  ['unserved', 'time after which a check tells of its queue', TELLS, ['return false;']],
  ['unserved-at-limit', 'time after which a check at a limit tells of its queue', TELLS, ['return true;']],
  ['unserved-watch', 'time after which a watch tells of its queue', TELLS, ['return false;']],
  ['unserved-watch-at-limit', 'time after which a watch at a limit tells of its queue', TELLS, ['return true;']],
  ['ended-by-outage', 'number of checks that are an outage', 'outage: 10', ['outage: 9', 'outage: 11']],
  ['ended-by-refused-key', 'number of refusals of a key', 'credentials: 3', ['credentials: 2', 'credentials: 4']],
  ['ended-by-refused-request', 'number of refused requests', 'requests: 3', ['requests: 2', 'requests: 4']],
  [
    'ended-by-unknown-status',
    'number of unknown statuses',
    'unknownStatus: 10',
    ['unknownStatus: 9', 'unknownStatus: 11'],
  ],
  [
    'ended-by-no-job',
    'time after which a job is gone',
    'NOT_FOUND_CONFIRM_MS = ',
    ['NOT_FOUND_CONFIRM_MS = 0.5 * ', 'NOT_FOUND_CONFIRM_MS = 1.5 * '],
  ],
  [
    'cancel-without-effect',
    'time for which a cancel is trusted',
    'SHORTEST_TRUST_MS = ',
    ['SHORTEST_TRUST_MS = 0.2 * ', 'SHORTEST_TRUST_MS = 2 * '],
  ],
  ['run-uncertain', 'number of looks for the job of a start', 'SEARCH_GAPS_MS = [', ['SEARCH_GAPS_MS = [0, ']],
  ['run-broken-off', 'rule of what was not received', ': api.incomplete)', [': api.never)']],
];

test.each(NUMBERS)('%s does not replay with another %s', async (name, _, before, others) => {
  const history = recordedHistories().filter(({ workflowId }) => workflowId === `v1-${name}.json`);
  expect(history).toHaveLength(1);
  for (const after of sample(others, 1))
    await expect(replay(history, bundleReplacing(before, after)), after).rejects.toThrow(`v1-${name}.json: `);
});

// Numbers of the workflows' own, which no option sets. One that says whether a step comes is held by a recorded history, which does not replay
// with another: who changes it has to guard the change by `patched`.
import { beforeAll, expect, test } from 'vitest';
import { recordedHistories, replay } from '../support/histories';
import { collectLogs } from '../support/logs';
import { bundleReplacing } from '../support/other-numbers';

beforeAll(() => collectLogs());

const TELLS = 'return scheduleToStartTimeout >= SHOWN_AFTER_MS;';

test.each<[history: string, what: string, before: string, after: string]>([
  ['watches-failed', 'a watch works that lasted for four minutes', 'WORKS_AFTER_MS = ', 'WORKS_AFTER_MS = 0.8 * '],
  ['watches-failed', 'a watch works that lasted for six minutes', 'WORKS_AFTER_MS = ', 'WORKS_AFTER_MS = 1.2 * '],
  ['details-too-late', 'details may be late for a minute', 'LATE_DETAILS_MS = ', 'LATE_DETAILS_MS = 0.5 * '],
  ['details-too-late', 'details may be late for four minutes', 'LATE_DETAILS_MS = ', 'LATE_DETAILS_MS = 2 * '],
  ['odd-answers', 'two odd answers are enough', 'TRIES_AT_ONCE = ', 'TRIES_AT_ONCE = -1 + '],
  ['odd-answers', 'three odd answers are not enough', 'TRIES_AT_ONCE = ', 'TRIES_AT_ONCE = 1 + '],
  ['unserved', 'no check that none took tells of the queue', TELLS, 'return false;'],
  ['unserved-at-limit', 'every check that none took tells of the queue', TELLS, 'return true;'],
  ['unserved-watch', 'no watch that none took tells of the queue', TELLS, 'return false;'],
  ['unserved-watch-at-limit', 'every watch that none took tells of the queue', TELLS, 'return true;'],
  ['run-broken-off', 'a start that broke off may have been received', ': api.incomplete)', ': api.never)'],
])('%s does not replay where %s', async (name, _, before, after) => {
  const history = recordedHistories().filter(({ workflowId }) => workflowId === `v1-${name}.json`);
  expect(history).toHaveLength(1);
  await expect(replay(history, bundleReplacing(before, after))).rejects.toThrow(`v1-${name}.json: `);
});

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
  ['ended-by-outage', 'nine checks are an outage', 'outage: 10', 'outage: 9'],
  ['ended-by-outage', 'ten checks are no outage', 'outage: 10', 'outage: 11'],
  ['ended-by-refused-key', 'two refusals of a key are enough', 'credentials: 3', 'credentials: 2'],
  ['ended-by-refused-key', 'three refusals of a key are not enough', 'credentials: 3', 'credentials: 4'],
  ['ended-by-refused-request', 'two refused requests are enough', 'requests: 3', 'requests: 2'],
  ['ended-by-refused-request', 'three refused requests are not enough', 'requests: 3', 'requests: 4'],
  ['ended-by-unknown-status', 'nine unknown statuses are enough', 'unknownStatus: 10', 'unknownStatus: 9'],
  ['ended-by-unknown-status', 'ten unknown statuses are not enough', 'unknownStatus: 10', 'unknownStatus: 11'],
  ['ended-by-no-job', 'a job is gone after half a minute', 'NOT_FOUND_CONFIRM_MS = ', 'NOT_FOUND_CONFIRM_MS = 0.5 * '],
  ['ended-by-no-job', 'a job is not gone after a minute', 'NOT_FOUND_CONFIRM_MS = ', 'NOT_FOUND_CONFIRM_MS = 1.5 * '],
  ['cancel-without-effect', 'a cancel is doubted at once', 'SHORTEST_TRUST_MS = ', 'SHORTEST_TRUST_MS = 0.2 * '],
  ['cancel-without-effect', 'a cancel is trusted for longer', 'SHORTEST_TRUST_MS = ', 'SHORTEST_TRUST_MS = 2 * '],
  ['run-uncertain', 'a start is looked for once more', 'SEARCH_GAPS_MS = [', 'SEARCH_GAPS_MS = [0, '],
  ['run-broken-off', 'a start that broke off may have been received', ': api.incomplete)', ': api.never)'],
])('%s does not replay where %s', async (name, _, before, after) => {
  const history = recordedHistories().filter(({ workflowId }) => workflowId === `v1-${name}.json`);
  expect(history).toHaveLength(1);
  await expect(replay(history, bundleReplacing(before, after))).rejects.toThrow(`v1-${name}.json: `);
});

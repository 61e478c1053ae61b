// Numbers of the workflows' own, which no option sets. One that says whether a step comes is held by a recorded history, which does not replay
// with another: who changes it has to guard the change by `patched`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    'watches-failed',
    'number of checks between two watches that fail',
    'MAX_CHECKS_BETWEEN = ',
    ['MAX_CHECKS_BETWEEN = 0.0625 * '],
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
  ['unserved', 'time that is left for a worker', 'LAST_CHANCE_MS = ', ['LAST_CHANCE_MS = 20 * ']],
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
  [
    'stalled',
    'number of counts within a stall limit',
    'COUNTS_WITHIN_LIMIT = ',
    ['COUNTS_WITHIN_LIMIT = 0.25 * ', 'COUNTS_WITHIN_LIMIT = 4 * '],
  ],
  ['stalled', 'time between two counts', 'LEAST_APART_MS = ', ['LEAST_APART_MS = 20 * ']],
  ['run-uncertain', 'number of looks for the job of a start', 'SEARCH_GAPS_MS = [', ['SEARCH_GAPS_MS = [0, ']],
  ['batch-resumed', 'number of attempts at a job that is stopped', 'MAX_ATTEMPTS = ', ['MAX_ATTEMPTS = 0.01 * ']],
  ['run-broken-off', 'rule of what was not received', '!!api.incomplete', ['!!api.never']],
];

const OF_TIME_OUTS = 'a replay compares no time-outs of activities';
const NOT_REACHED = 'no recorded history comes to it';

/** What no recorded history holds, and why. Who changes it has nothing but its comment. */
const NOT_HELD: Record<string, string> = {
  INITIAL_BATCH_OPTIONS: 'test/core/batch/input.test.ts holds them',
  INITIAL_START_OPTIONS: 'test/core/start/options.test.ts holds them',
  INITIAL_WAIT_OPTIONS: 'test/core/wait/options.test.ts holds them',
  CHECK_TIMEOUT: OF_TIME_OUTS,
  RECORD_LIMIT_MS: OF_TIME_OUTS,
  LONGEST_WHEN_CANCELLED_MS: OF_TIME_OUTS,
  BROKEN_DOCUMENTS: NOT_REACHED,
  CLOCK_SKEW_MS: NOT_REACHED,
  ENDS_AFTER_MS: NOT_REACHED,
  HINT_SPACING_MS: NOT_REACHED,
  MAX_BATCH_KEY: NOT_REACHED,
  MAX_ID_BYTES: NOT_REACHED,
  MAX_JOBS: NOT_REACHED,
  MAX_KEY_BYTES: NOT_REACHED,
  MAX_TRIES: NOT_REACHED,
  MOST_PER_JOB: NOT_REACHED,
  PARALLEL: NOT_REACHED,
  PARTIAL_SEARCHES: NOT_REACHED,
  TRIES_OF_ABSENT_LIST: NOT_REACHED,
  USUAL_PARALLEL: NOT_REACHED,
  isWatched: 'it goes by the gaps of the options',
};

/** Constants and functions whose comments say that histories depend on them, with the line that begins each. */
function dependedOn(): [name: string, line: string][] {
  const root = join(__dirname, '../..');
  return ['src', 'activities', 'workflows'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8'))
      .flatMap((text) => [...text.matchAll(COMMENTED)])
      .filter(([, comment]) => /\bhistor(?:y|ies)\b[^.]*\bdepends?\b/i.test(comment!))
      .flatMap(([, comment, lines = comment!]) => lines.trim().split('\n'))
      .map((line): [string, string] => [/(?:const|function) (\w+)/.exec(line)?.[1] ?? line, line]),
  );
}
/** A comment, and the constants or the function below it. */
const COMMENTED =
  /\/\*\*((?:(?!\*\/)[^])*)\*\/\n((?:(?:export )?const [^\n]*\n)+|(?:export )?(?:async )?function [^\n]*\n)?/g;

test('each constant that histories depend on is held by a recorded one, or stands here with the reason', () => {
  const all = dependedOn();
  const isHeld = ([name, line]: [string, string]) =>
    NUMBERS.some(([, , before]) => before.includes(name) || line.includes(before));
  const notHeld = all.filter((one) => !isHeld(one)).map(([name]) => name);
  expect(notHeld.sort()).toEqual(Object.keys(NOT_HELD).sort());
});

test.each(NUMBERS)('%s does not replay with another %s', async (name, _, before, others) => {
  const history = recordedHistories().filter(({ workflowId }) => workflowId === `v1-${name}.json`);
  expect(history).toHaveLength(1);
  for (const after of sample(others, 1))
    await expect(replay(history, bundleReplacing(before, after)), after).rejects.toThrow(`v1-${name}.json: `);
});

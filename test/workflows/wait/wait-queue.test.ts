// How long an activity may lie in its queue before that is shown goes by how long the last check lay there, and by nothing else that it took.
import { expect, test } from 'vitest';
import { createWait, waitQueue } from '../../../workflows/wait/wait';
import { JOB_ID } from '../../core/fixtures';

const TWO_MINUTES = 120_000;

test.each([
  ['was answered', 'answer', 1, TWO_MINUTES],
  ['failed, after retries', 'error', 1, 0],
  ['brought no answer', 'noAnswer', 1, 0],
  ['was none: a start answered in its place', 'answer', 0, 0],
] as const)('after a check that %s', (_, outcome, checks, lastMs) => {
  const wait = createWait({ jobId: JOB_ID, continued: undefined });
  wait.state = { ...wait.state, checks, lastCheck: { begunAt: 0, endedAt: TWO_MINUTES, outcome } };
  expect(waitQueue(wait, { pause: (begin) => begin() })).toMatchObject({ lastMs });
});

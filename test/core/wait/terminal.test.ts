import { expect, it, test } from 'vitest';
import { answer, error, JOB_ID, jobSummary, listOf, MINUTE, noAnswer, nodeFile, SECOND } from '../fixtures';
import { failureOf, replies, simulate } from '../simulate';

const running = answer('IN_PROGRESS');

it('is done with the job that COMPLETED', () => {
  const run = simulate(replies(running, answer('COMPLETED')));
  expect(run.end).toEqual({ do: 'done', job: jobSummary('COMPLETED') });
  expect(run.endedAt).toBe(12 * SECOND);
});

test.each([
  ['FAILED', 'UnstructuredJobFailedError'],
  ['STOPPED', 'UnstructuredJobStoppedError'],
])('a job that %s ends the wait with %s, which carries the job', (status, type) => {
  const outputNodeFiles = listOf([nodeFile('a.pdf')]);
  const run = simulate(replies(running, answer(status, { outputNodeFiles })));
  expect(failureOf(run)).toEqual({
    type,
    message: `Job ${JOB_ID} ended ${status}`,
    details: {
      jobId: JOB_ID,
      lastStatus: status,
      job: jobSummary(status),
      outputNodeFiles: [nodeFile('a.pdf')],
      outputNodeFilesTotal: 1,
      failedFiles: null,
      failedFilesTotal: null,
      wait: expect.objectContaining({ checks: 2, noticedWithinMs: 12 * SECOND }) as unknown,
    },
  });
});

it('carries no list in the failure where none was seen', () => {
  expect(failureOf(simulate(replies(answer('FAILED')))).details).toMatchObject({
    outputNodeFiles: [],
    outputNodeFilesTotal: 0,
  });
});

it('cuts a long list in the failure and says the total beside it', () => {
  const files = Array.from({ length: 1_000 }, (_, i) => nodeFile(`${i}.pdf`));
  const { details } = failureOf(simulate(replies(answer('FAILED', { outputNodeFiles: listOf(files) }))));
  expect(details).toMatchObject({ outputNodeFiles: files.slice(0, 100), outputNodeFilesTotal: 1_000 });
});

test.each(['COMPLETED', 'FAILED', 'STOPPED'])('%s counts after an outage and after a deadline too', (status) => {
  const run = simulate((_, check) => ({
    observation: check < 5 ? [error('server'), noAnswer, running][check % 3]! : answer(status),
    takesMs: MINUTE,
  }));
  expect(run.state.job?.status).toBe(status);
  expect(run.end?.do).toBe(status === 'COMPLETED' ? 'done' : 'fail');
});

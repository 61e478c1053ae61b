// Other activities of a start on the queue, or mocks that answer something else, never fail the workflow's task.
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { seenBefore } from '../../../workflows/run/failed-send';
import { JOB_ID } from '../../core/fixtures';
import { failureOf } from '../../support/failure-of';
import { useRuns } from '../../support/runs';

const withRuns = useRuns();
const CREATE = 'unstructured.createJob';
const LIST = 'unstructured.listJobs';
const LISTED = { jobs: [], total: 0, carrying: [] };

/** A worker without the plugin, whose activities answer this. */
const answering = (created: unknown, listed: unknown) => ({
  worker: {
    plugins: [],
    activities: { [CREATE]: () => Promise.resolve(created), [LIST]: () => Promise.resolve(listed) },
  },
});

test.each([null, 'started', {}, { started: true }, { started: true, job: { status: 'SCHEDULED' } }, { started: 1 }])(
  'a start that is answered by %j may have started a job, which is looked for in vain',
  async (created) => {
    await withRuns(
      async ({ run, document }) => {
        const ended = run({ start: { templateId: 't' }, documents: [await document('a.txt')] });
        const { details } = await failureOf('UnstructuredStartUncertainError', ended);
        expect(details.cause).toMatchObject({
          type: 'UnstructuredResponseError',
          message: `The activity ${CREATE} answered something else: it is not the one of UnstructuredPlugin`,
        });
      },
      answering(created, LISTED),
    );
  },
);

test.each([
  null,
  [[]],
  {},
  { ...LISTED, jobs: [null] },
  { ...LISTED, total: undefined },
  { ...LISTED, carrying: [{}] },
])('a list of jobs that is %j is one that could not be read', async (listed) => {
  await withRuns(
    async ({ run, document }) => {
      const input = { start: { templateId: 't' }, documents: [await document('a.txt')] };
      const ended = run({ ...input, startOutageBudget: '2 minutes' });
      const { details } = await failureOf('UnstructuredStartUncertainError', ended);
      expect(details).toMatchObject({ candidates: [], candidatesTotal: 0 });
      expect(details.unlisted).not.toEqual([]);
    },
    answering(null, listed),
  );
});

test('what a start that failed tells beside its failure is taken where it has the right form', () => {
  const refused = { index: 0, reason: 'of a newer worker', message: 'm', ref: 'm:0' };
  const seen = (told: unknown) => seenBefore(ApplicationFailure.create({ message: 'm', details: [null, told] }));
  for (const told of [
    { earlierJobIds: [JOB_ID] },
    { earlierJobIds: null, skipped: [refused] },
    { earlierJobIds: null, broken: [refused] },
  ])
    expect(seen(told)).toEqual(told);
  for (const told of [
    7,
    {},
    { earlierJobIds: null },
    { earlierJobIds: [null] },
    { earlierJobIds: [], skipped: ['a'] },
    { earlierJobIds: 'all' },
  ])
    expect(seen(told)).toEqual({ earlierJobIds: null });
});

// Fetching outputs has an end, and what it brought is told.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf } from '../../support/failure-of';
import { useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };

test('a limit that is none is refused', async () => {
  await withRuns(async ({ env, to }) => {
    const file = { fileId: 'a', nodeIds: [] };
    const collecting = env.client.workflow.execute('collecting', {
      taskQueue: QUEUE,
      workflowId: 'collect-without-limit',
      args: [{ jobId: 'j', files: [file], which: 'final', to }, { collectLimit: 'soon' }],
    });
    const { message } = await failureOf('UnstructuredValidationError', collecting);
    expect(message).toMatch(/^Option collectLimit must be a duration .* got "soon"/);
  });
});

test('where the place of one output is taken: a run tells what was saved, what was lost, and what takes it up again', async () => {
  await withRuns(async ({ api, document, run, to, outbox }) => {
    const documents = [await document('a.pdf'), await document('b.pdf')];
    await mkdir(join(outbox, 'b.json'));
    const running = run({ start, documents, outputs: { to, name: '{stem}.json' } });
    const { details } = await failureOf('UnstructuredTransferError', running);
    const jobId = api.jobs[0]!.id;
    const lost = [{ message: expect.stringContaining('EISDIR') as unknown }];
    expect(details).toMatchObject({ jobId, savedTotal: 1, saved: [{ jobId }], lostTotal: 1, lost, run: { jobId } });
  });
});

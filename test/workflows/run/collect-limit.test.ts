// Fetching outputs has an end, within an outage, too.
import { expect, test } from 'vitest';
import { faults } from '../../../src/testing';
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

test('where the API is out: a run tells what was saved, what was lost, and what takes it up again', async () => {
  await withRuns(async ({ api, document, startRun, to }) => {
    const documents = [await document('a.pdf'), await document('b.pdf')];
    api.addFaults([[{ operation: 'downloadJobOutput', from: 2 }, faults.status(503)]]);
    const handle = await startRun({ start, documents, outputs: { to, parallel: 1 }, collectLimit: '30 minutes' });
    const { details } = await failureOf('UnstructuredTransferError', handle.result());
    const jobId = api.jobs[0]!.id;
    const lost = [{ type: 'UnstructuredServerError' }];
    expect(details).toMatchObject({ jobId, savedTotal: 1, saved: [{ jobId }], lostTotal: 1, lost, run: { jobId } });
  });
});

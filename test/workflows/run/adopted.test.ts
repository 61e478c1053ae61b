// A run that was taken over is somebody else's job: none of our documents is in it, whatever its files are called.
import { expect, test } from 'vitest';
import { faults, type TimelineStep } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { useRuns, type RunSetup } from '../../support/runs';

const withRuns = useRuns();

async function adoption({ api, document, to }: RunSetup) {
  const { id } = api.addWorkflow();
  const timeline: TimelineStep[] = [['IN_PROGRESS', '1h'], ['COMPLETED']];
  api.addJob({ workflowId: id, files: ['a.pdf', 'b.pdf'], failedFiles: { 'b.pdf': 'x' }, timeline });
  const documents = [await document('a.pdf'), await document('b.pdf')];
  return { start: { workflowId: id }, documents, outputs: { to }, startToken: false, whenBusy: 'adopt' } as const;
}

test('its outputs are others, and every document is missing', async () => {
  await withRuns(async (setup) => {
    const input = await adoption(setup);
    const result = await setup.run({ ...input, documents: [...input.documents] });
    expect(result.start.how).toBe('adopted');
    expect(result.documents).toEqual(
      input.documents.map(({ ref }) => ({
        ...{ ref, fileId: null, status: 'missing', outputs: [] },
        reason: 'nothing was fetched of it, and no answer tells what became of it',
      })),
    );
    expect(result.otherOutputs).toMatchObject([{ fileId: expect.stringMatching(/^a-/) as unknown }]);
  });
});

test('so they are where the run is taken up again', async () => {
  await withRuns(async (setup) => {
    const input = await adoption(setup);
    const documents = [...input.documents];
    let isBroken = true;
    setup.api.addFaults([[{ operation: 'downloadJobOutput', test: () => isBroken }, faults.status(404)]]);
    const { details } = await failureOf('UnstructuredTransferError', setup.run({ ...input, documents }));
    expect(details.run).toMatchObject({ ours: false });
    isBroken = false;
    const result = await setup.run({ documents, outputs: input.outputs, resume: details.run! });
    expect(result.documents.map(({ status }) => status)).toEqual(['missing', 'missing']);
    expect(result.otherOutputs).toHaveLength(1);
  });
});

// A run that was taken over is somebody else's job: none of our documents is in it, whatever its files are called.
import { expect, test } from 'vitest';
import type { TimelineStep } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { blockedOutputs, useRuns, type RunSetup } from '../../support/runs';
import { RARELY } from '../../support/time-skipping';

const withRuns = useRuns();

async function adoption({ api, document, to }: RunSetup) {
  const { id } = api.addWorkflow();
  const timeline: TimelineStep[] = [['IN_PROGRESS', '1h'], ['COMPLETED']];
  api.addJob({ workflowId: id, files: ['a.pdf', 'b.pdf'], failedFiles: { 'b.pdf': 'x' }, timeline });
  const documents = [await document('a.pdf'), await document('b.pdf')];
  const input = { start: { workflowId: id }, documents, outputs: { to }, startToken: false, ...RARELY };
  return { ...input, whenBusy: 'adopt' } as const;
}

test('its outputs are others, and every document is missing', async () => {
  await withRuns(async (setup) => {
    const input = await adoption(setup);
    const result = await setup.run({ ...input, documents: [...input.documents] });
    expect(result.start.how).toBe('adopted');
    expect(result.documents).toEqual(
      input.documents.map(({ ref }) => ({
        ...{ ref, fileId: null, status: 'missing', outputs: [] },
        reason: 'nothing was fetched of it, and its outcome is unknown',
      })),
    );
    expect(result.otherOutputs).toMatchObject([{ fileId: expect.stringMatching(/^a-/) as unknown }]);
  });
});

test('so they are where the run is taken up again', async () => {
  await withRuns(async (setup) => {
    const input = await adoption(setup);
    const documents = [...input.documents];
    const { outputs, clear } = await blockedOutputs(setup);
    const { details } = await failureOf('UnstructuredTransferError', setup.run({ ...input, documents, outputs }));
    expect(details.run).toMatchObject({ startedByRun: false });
    await clear();
    const result = await setup.run({ documents, outputs, resume: details.run!, ...RARELY });
    expect(result.documents.map(({ status }) => status)).toEqual(['missing', 'missing']);
    expect(result.otherOutputs).toHaveLength(1);
  });
});

// A list that was seen once is never lost: the result says whether it is the terminal answer's, an earlier one's, the caller's, or nobody's.
import { expect, test } from 'vitest';
import type { NodeFile } from '../../../src';
import type { TimelineStep } from '../../../src/testing';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const TIMELINE: TimelineStep[] = [['IN_PROGRESS', '5m'], ['COMPLETED']];
const AT_START: NodeFile[] = [{ nodeId: 'n1', fileId: 'at-start.pdf', nodeType: 'partition' }];

test('the terminal answer has the list', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ files: ['a.pdf', 'b.pdf'], nodes: 2, timeline: TIMELINE });
    const result = await waitFor(job, { ...RARELY, knownFiles: AT_START });
    expect(result).toMatchObject({
      inputFileIds: job.fileIds,
      outputNodeFilesSource: 'answer',
      outputNodeFilesTotal: 4,
    });
    expect(result.outputNodeFiles).toEqual(
      job.fileIds.flatMap((fileId) =>
        job.nodeIds.map((nodeId) => expect.objectContaining({ fileId, nodeId }) as never),
      ),
    );
    expect(result.outputNodeFiles[0]).toMatchObject({ nodeType: 'partition', nodeSubtype: 'unstructured_api' });
  });
});

test('a list that is null or absent once the job is terminal is the one of an earlier answer', async () => {
  await withWorker(async ({ api, waitFor }) => {
    for (const outputNodeFiles of ['nullOnceTerminal', 'absentOnceTerminal'] as const) {
      const job = api.addJob({ files: ['a.pdf'], nodes: 3, timeline: TIMELINE, answers: { outputNodeFiles } });
      const result = await waitFor(job, { ...RARELY, knownFiles: AT_START });
      expect(result).toMatchObject({ outputNodeFilesSource: 'earlierAnswer', outputNodeFilesTotal: 3 });
      expect(result.outputNodeFiles.map(({ nodeId }) => nodeId)).toEqual(job.nodeIds);
    }
  });
});

test('where no answer has the list, the files known at the start stand in', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ timeline: TIMELINE, answers: { outputNodeFiles: 'absent' } });
    const result = await waitFor(job, { ...RARELY, knownFiles: AT_START });
    expect(result).toMatchObject({
      outputNodeFiles: AT_START,
      outputNodeFilesSource: 'start',
      outputNodeFilesTotal: 1,
    });
  });
});

test('where nobody has it, the result says so', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const answers = { outputNodeFiles: 'null', inputFileIds: 'null' } as const;
    const result = await waitFor(api.addJob({ timeline: TIMELINE, answers }), RARELY);
    expect(result).toMatchObject({
      inputFileIds: null,
      outputNodeFiles: [],
      outputNodeFilesSource: 'none',
      outputNodeFilesTotal: 0,
    });
  });
});

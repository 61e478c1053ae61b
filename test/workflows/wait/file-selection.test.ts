// The option files keeps lists small: all nodes' files, each file's last node, or none.
import { expect, test } from 'vitest';
import { useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

test('files picks what the result holds, and the total stands beside it', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ files: ['a.pdf', 'b.pdf'], nodes: 3 });
    const counts = { all: 6, final: 2, none: 0 };
    for (const files of ['all', 'final', 'none'] as const) {
      const result = await waitFor(job, { files });
      expect(result.inputFileIds, files).toEqual(files === 'none' ? null : job.fileIds);
      expect([result.outputNodeFiles.length, result.outputNodeFilesTotal], files).toEqual([counts[files], 6]);
    }
  });
});

test("'final' is the last node of each file", async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ files: ['a.pdf', 'b.pdf'], nodes: 3 });
    const { outputNodeFiles } = await waitFor(job, { files: 'final' });
    expect(outputNodeFiles.map(({ fileId, nodeId }) => ({ fileId, nodeId }))).toEqual(
      job.fileIds.map((fileId) => ({ fileId, nodeId: job.nodeIds[2] })),
    );
  });
});

test('the selection holds for files known at the start too', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const job = api.addJob({ answers: { outputNodeFiles: 'absent' } });
    const knownFiles = ['n1', 'n2'].map((nodeId) => ({ nodeId, fileId: 'a.pdf' }));
    const { outputNodeFiles, outputNodeFilesTotal } = await waitFor(job, { files: 'final', knownFiles });
    expect(outputNodeFiles).toEqual([knownFiles[1]]);
    expect(outputNodeFilesTotal).toBe(2);
  });
});

test('naughty file names come through unchanged', async () => {
  await withWorker(async ({ api, waitFor }) => {
    const names = [
      '../../etc/passwd',
      'naïve – “x”.pdf',
      '文書 1.pdf',
      'a?b=c&d#e%20.pdf',
      `${'l'.repeat(230)}.pdf`,
      '|<b>`\n',
    ];
    const job = api.addJob({ files: names.map((fileId) => ({ fileId })), nodes: 1 });
    const { outputNodeFiles, inputFileIds } = await waitFor(job);
    expect(outputNodeFiles.map(({ fileId }) => fileId)).toEqual(names);
    expect(inputFileIds).toEqual(names);
  });
});

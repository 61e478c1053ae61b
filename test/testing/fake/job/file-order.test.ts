// Nothing promises that a job's lists name its files in the order in which they were uploaded: a switch gives them another.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeUnstructured } from '../../../../src/testing';
import { check } from '../client';

let api: FakeUnstructured;
beforeEach(async () => (api = await FakeUnstructured.start()));
afterEach(() => api.close());

type FileOrder = 'given' | 'shuffled';

/** Files as a job's lists name them; nodes as its second list has them. */
async function listsOf(files: string[], fileOrder: FileOrder = 'shuffled') {
  const job = api.addJob({ files, nodes: 2, answers: { fileOrder } });
  const { json } = await check(api, job);
  const nodeFiles = json['output_node_files'] as { file_id: string; node_id: string }[];
  const [input, output] = [json['input_file_ids'] as string[], [...new Set(nodeFiles.map(({ file_id }) => file_id))]];
  return { job, given: [...job.fileIds], input, output, nodeFiles };
}

const MANY = Array.from({ length: 20 }, (_, index) => `${index}.pdf`);

test('the order is that of the files, unless switched', async () => {
  const { given, input, output } = await listsOf(MANY, 'given');
  expect([input, output]).toEqual([given, given]);
});

test('the order is another for each list, of the same files', async () => {
  const { given, input, output } = await listsOf(MANY);
  for (const list of [input, output]) {
    expect(list).not.toEqual(given);
    expect([...list].sort()).toEqual([...given].sort());
  }
  expect(output).not.toEqual(input);
});

test('the order is never that of the files where there are two, and the only one where there is one', async () => {
  for (let times = 0; times < 20; times++) {
    const { given, input, output } = await listsOf(['a.pdf', 'b.pdf']);
    expect([input, output]).toEqual([given.toReversed(), given.toReversed()]);
  }
  const { given, input, output } = await listsOf(['a.pdf']);
  expect([input, output]).toEqual([given, given]);
});

test("another order leaves each file's nodes together and in their order", async () => {
  const { job, output, nodeFiles } = await listsOf(MANY);
  expect(nodeFiles.map(({ file_id, node_id }) => [file_id, node_id])).toEqual(
    output.flatMap((fileId) => job.nodeIds.map((nodeId) => [fileId, nodeId])),
  );
});

test('the order is the same in every answer, and for every fake of the same seed', async () => {
  const { job, input, output } = await listsOf(MANY);
  expect((await check(api, job)).json['input_file_ids']).toEqual(input);
  await api.reset();
  expect(await listsOf(MANY)).toMatchObject({ input, output });
});

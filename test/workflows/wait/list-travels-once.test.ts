// However many checks a wait makes, the lists enter its history once.
import { expect, test } from 'vitest';
import type { JobCheck } from '../../../src/core/wait/job-check';
import { faults } from '../../../src/testing';
import { eventsOf, payloadOf } from '../../support/histories';
import { RARELY, useTimeSkipping, type Setup } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

async function checksIn(handle: Awaited<ReturnType<Setup['start']>>): Promise<JobCheck[]> {
  const answers = (await eventsOf(handle)).flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
    completed ? [payloadOf(completed.result) as Partial<JobCheck>] : [],
  );
  return answers.filter((answer): answer is JobCheck => 'outputNodeFiles' in answer);
}

test('only the first answer carries the entries; the others carry their digest', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ files: 10, timeline: [['IN_PROGRESS', '65m'], ['COMPLETED']] });
    const handle = await start(job, RARELY);
    const result = await handle.result();
    const checks = await checksIn(handle);

    expect(checks).toHaveLength(8);
    expect(checks.map(({ outputNodeFiles }) => outputNodeFiles?.entries?.length)).toEqual([40, ...Array<undefined>(7)]);
    expect(checks.map(({ inputFileIds }) => inputFileIds?.entries?.length)).toEqual([10, ...Array<undefined>(7)]);
    expect(checks.map(({ outputNodeFiles }) => outputNodeFiles?.total)).toEqual(Array(8).fill(40));
    expect(result.outputNodeFiles).toHaveLength(40);
    expect(result.outputNodeFilesSource).toBe('answer');
  });
});

test('a list that changed travels again, and the result holds the newest', async () => {
  await withWorker(async ({ api, start }) => {
    const more = [{ node_id: 'n', file_id: 'late.pdf' }];
    const job = api.addJob({
      files: 1,
      nodes: 1,
      timeline: [['IN_PROGRESS', '25m'], ['COMPLETED']],
      faults: [[{ from: 3 }, faults.patch({ set: { output_node_files: more } })]],
    });
    const handle = await start(job, RARELY);
    const result = await handle.result();
    const checks = await checksIn(handle);
    expect(checks.map(({ outputNodeFiles }) => outputNodeFiles?.entries?.length)).toEqual([1, undefined, 1, undefined]);
    expect(result.outputNodeFiles).toEqual([{ nodeId: 'n', fileId: 'late.pdf' }]);
  });
});

test("with files: 'none' no entry travels at all", async () => {
  await withWorker(async ({ api, start }) => {
    const handle = await start(api.addJob({ files: 10 }), { files: 'none' });
    await handle.result();
    expect(JSON.stringify(await checksIn(handle))).not.toContain('document-1');
  });
});

import { expect, it } from 'vitest';
import { toJobCheck } from '../../../activities/support/job-answer';
import type { Job } from '../../../src/core/job';
import type { HeldDigests } from '../../../src/core/wait/job-check';
import { observe } from '../../../src/core/wait/observe';
import { digestsHeld, startWait } from '../../../src/core/wait/state';
import { jobSummary } from '../../core/fixtures';

const job: Job = {
  ...jobSummary('IN_PROGRESS'),
  inputFileIds: ['a.pdf', 'b.pdf'],
  outputNodeFiles: [
    { nodeId: 'partition', fileId: 'a.pdf' },
    { nodeId: 'chunk', fileId: 'a.pdf' },
    { nodeId: 'partition', fileId: 'b.pdf' },
  ],
};
const check = (held: HeldDigests = {}, changes: Partial<Job> = {}) =>
  toJobCheck({ ...job, ...changes }, { held, files: 'all' });

/** What a wait holds after a check. */
function heldAfter(first: ReturnType<typeof toJobCheck>): HeldDigests {
  const state = startWait({ jobId: job.id, files: 'all', safetyGapMs: null }, 0);
  return digestsHeld(observe(state, { type: 'answer', check: first }, 0, 0));
}

it('brings the job and both lists to a wait that holds none', () => {
  expect(check()).toEqual({
    job: jobSummary('IN_PROGRESS'),
    inputFileIds: { digest: expect.any(String) as string, total: 2, entries: job.inputFileIds },
    outputNodeFiles: { digest: expect.any(String) as string, total: 3, entries: job.outputNodeFiles },
  });
});

it('leaves out the lists that the wait holds', () => {
  const second = check(heldAfter(check()));
  expect(second.inputFileIds).toStrictEqual({ digest: check().inputFileIds?.digest, total: 2 });
  expect(second.outputNodeFiles).toStrictEqual({ digest: check().outputNodeFiles?.digest, total: 3 });
});

it.each<[string, Job['outputNodeFiles']]>([
  ['a file more', [...job.outputNodeFiles!, { nodeId: 'chunk', fileId: 'b.pdf' }]],
  ['another order', job.outputNodeFiles!.toReversed()],
  ['a node type', job.outputNodeFiles!.map((file) => ({ ...file, nodeType: 'partition' }))],
  ['no file', []],
])('brings a list again that has %s, and only that list', (_, outputNodeFiles) => {
  const second = check(heldAfter(check()), { outputNodeFiles });
  expect(second.outputNodeFiles?.entries).toEqual(outputNodeFiles);
  expect(second.inputFileIds?.entries).toBeUndefined();
});

it('says that the answer carried no list', () => {
  expect(check({}, { inputFileIds: null, outputNodeFiles: null })).toMatchObject({
    inputFileIds: null,
    outputNodeFiles: null,
  });
});

it("brings each file's last node only, with the total before the selection", () => {
  const { inputFileIds, outputNodeFiles } = toJobCheck(job, { held: {}, files: 'final' });
  expect(outputNodeFiles).toMatchObject({ total: 3, entries: job.outputNodeFiles!.slice(1) });
  expect(inputFileIds?.entries).toEqual(job.inputFileIds);
});

it('brings neither list where no files are wanted, but how many there are', () => {
  const { inputFileIds, outputNodeFiles } = toJobCheck(job, { held: {}, files: 'none' });
  expect(inputFileIds).toBeNull();
  expect(outputNodeFiles).toMatchObject({ total: 3, entries: [] });
});

it('has a digest short enough for a history and long enough to tell lists apart', () => {
  expect(check().outputNodeFiles?.digest).toMatch(/^[\w-]{22}$/);
});

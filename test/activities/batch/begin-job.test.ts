// The begin of a job: which run may start it, by what is noted and told of the runs before.
import { expect, test } from 'vitest';
import { beginJob } from '../../../activities/batch/begin-job';
import { BatchRecords } from '../../../activities/batch/records';
import type { PartRun } from '../../../src/core/run/planned-job';
import { PLACE, plannedRecords } from './planned-records';

const FIRST: PartRun = { workflowId: 'nightly/2', runId: 'first' };
const AGAIN: PartRun = { workflowId: 'nightly/2', runId: 'again' };
const ANEW: PartRun = { workflowId: 'nightly/2.2', runId: 'anew' };
const UNSETTLED = { status: 'missing', identity: 's3://in/2', unsettled: true };
const SETTLED = { status: 'failed', identity: 's3://in/2', unsettled: false };

interface Before {
  /** The run that began the job last. */
  begun?: PartRun;
  /** What the part of the manifest tells. */
  told?: object;
  isResumed?: boolean;
}

/** Lets a run begin the second job, and says what came of it: who was looked for, and who is noted then. */
async function begin(run: PartRun, { begun, told, isResumed = false }: Before) {
  const records = plannedRecords();
  if (begun) records.begin(2, begun.runId, begun.workflowId);
  if (told) records.tell(2, told);
  const required: (PartRun & { jobId: string | null })[] = [];
  const requireRun = (one: PartRun, jobId: string | null) => Promise.resolve(required.push({ ...one, jobId }));
  const port = BatchRecords.of(records.storage, PLACE, new AbortController().signal);
  const request = { ...PLACE, plan: 'id', part: 2, run, isResumed };
  const beforeWrite = () => Promise.resolve();
  const { documents, isSuperseded } = await beginJob(port, request, { requireRun, beforeWrite });
  expect(documents.map(({ ref }) => ref)).toEqual(['s3://in/2']);
  return { required, isSuperseded, begun: records.begunOf(2) };
}

test.each<[what: string, run: PartRun, before: Before]>([
  ['a job that nobody began', FIRST, {}],
  ['a job that it began itself', FIRST, { begun: FIRST }],
  [
    'a job of which is told that none was started, or that it is over',
    AGAIN,
    { begun: FIRST, told: told(SETTLED, FIRST) },
  ],
  ['its job, which a run before it began and told nothing of', AGAIN, { begun: FIRST, isResumed: true }],
  ['a job anew that was stopped', ANEW, { begun: FIRST, told: told(UNSETTLED, FIRST) }],
  [
    'a job of which the run that started it anew told that it is over',
    AGAIN,
    { begun: ANEW, told: told(SETTLED, ANEW) },
  ],
])('a run begins %s', async (_, run, before) => {
  expect(await begin(run, before)).toEqual({ required: [], isSuperseded: false, begun: run });
});

const EARLIER = { ...FIRST, runId: 'earlier' };
test.each<[what: string, before: Before, jobId: string | null]>([
  ['told nothing', { begun: FIRST }, null],
  ['told that it may still run', { begun: FIRST, told: told(UNSETTLED, FIRST) }, null],
  ['told which job has its outputs', { begun: FIRST, told: told({ ...UNSETTLED, jobId: 'j' }, FIRST) }, 'j'],
  ['told nothing, unlike the one before it', { begun: FIRST, told: told(SETTLED, EARLIER) }, null],
  [
    'told nothing, unlike the one before it, which had a job',
    { begun: FIRST, told: told({ ...UNSETTLED, jobId: 'j' }, EARLIER) },
    null,
  ],
])('if the run that began the job %s, Temporal must know that run', async (_, before, jobId) => {
  expect(await begin(AGAIN, before)).toEqual({ required: [{ ...FIRST, jobId }], isSuperseded: false, begun: AGAIN });
});

test('a run that Temporal no longer knows keeps its note', async () => {
  const records = plannedRecords();
  records.begin(2, 'first');
  const port = BatchRecords.of(records.storage, PLACE, new AbortController().signal);
  const requireRun = () => Promise.reject(new Error('nobody knows it'));
  const request = { ...PLACE, plan: 'id', part: 2, run: AGAIN, isResumed: false };
  const beginning = beginJob(port, request, { requireRun, beforeWrite: () => Promise.resolve() });
  await expect(beginning).rejects.toThrow('nobody knows it');
  expect(records.begunOf(2)).toEqual(FIRST);
});

test.each<[what: string, before: Before]>([
  ['told nothing', { begun: ANEW }],
  ['told that it may still run', { begun: ANEW, told: told(UNSETTLED, ANEW) }],
])('if the run that started the job anew %s, the first one does not start it again', async (_, before) => {
  await expect(begin(FIRST, before)).rejects.toMatchObject({
    type: 'UnstructuredNotFoundError',
    message: 'The run "nightly/2.2" of the same documents may have started a job.',
  });
});

test('a run that is resumed after the job was started anew notes nothing, and hears that its end is no news', async () => {
  const before = { begun: ANEW, isResumed: true };
  expect(await begin(FIRST, before)).toEqual({ required: [], isSuperseded: true, begun: ANEW });
});

test('nothing is noted once Temporal waits for the begin no more', async () => {
  const records = plannedRecords();
  const port = BatchRecords.of(records.storage, PLACE, new AbortController().signal);
  const request = { ...PLACE, plan: 'id', part: 2, run: FIRST, isResumed: false };
  const requireRun = () => Promise.resolve();
  const beforeWrite = () => Promise.reject(new Error('no heartbeat'));
  await expect(beginJob(port, request, { requireRun, beforeWrite })).rejects.toThrow('no heartbeat');
  expect(records.begunOf(2)).toBeUndefined();
});

test('a part of the plan without documents is refused, and nothing is noted', async () => {
  const records = plannedRecords();
  records.plan(2, []);
  const port = BatchRecords.of(records.storage, PLACE, new AbortController().signal);
  const request = { ...PLACE, plan: 'id', part: 2, run: FIRST, isResumed: false };
  const none = () => Promise.resolve();
  await expect(beginJob(port, request, { requireRun: none, beforeWrite: none })).rejects.toThrow(
    /part-00002\.jsonl of s3:\/\/out can't be used: it is empty\.$/,
  );
  expect(records.begunOf(2)).toBeUndefined();
});

function told(line: object, { workflowId, runId }: PartRun): object {
  return { ...line, workflowId, runId };
}

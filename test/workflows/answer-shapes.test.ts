// The main path passes under each shape of answer that the API leaves open or was seen to vary in.
import { beforeAll, expect, test } from 'vitest';
import { type AwaitJobResult, progress } from '../../src';
import { type AnswerSwitches, type FakeJob, faults } from '../../src/testing';
import { sample } from '../support/breadth';
import { currentDetailsOf } from '../support/current-details';
import { useRuns } from '../support/runs';
import { RARELY } from '../support/time-skipping';

const withRuns = useRuns();

interface Case {
  answers: AnswerSwitches;
  /** What differs from the plain result. */
  expected?: object;
}

const NOT_FOUND = { wait: { failures: { UnstructuredNotFoundError: 1 } } };
const NO_LIST = { outputNodeFiles: [], outputNodeFilesSource: 'none', outputNodeFilesTotal: 0 };

const CASES: Record<string, Case> = {
  'as documented': { answers: {} },
  'created_at without an offset': { answers: { createdAtOffset: false } },
  'output_node_files null': { answers: { outputNodeFiles: 'null' }, expected: NO_LIST },
  'output_node_files absent': { answers: { outputNodeFiles: 'absent' }, expected: NO_LIST },
  'output_node_files null once terminal': {
    answers: { outputNodeFiles: 'nullOnceTerminal' },
    expected: { outputNodeFilesSource: 'earlierAnswer' },
  },
  'output_node_files absent once terminal': {
    answers: { outputNodeFiles: 'absentOnceTerminal' },
    expected: { outputNodeFilesSource: 'earlierAnswer' },
  },
  'input_file_ids null': { answers: { inputFileIds: 'null' }, expected: { inputFileIds: null } },
  'input_file_ids absent': { answers: { inputFileIds: 'absent' }, expected: { inputFileIds: null } },
  'no node types': { answers: { nodeTypes: false } },
  'no job_type': { answers: { jobType: 'absent' }, expected: { job: { jobType: null } } },
  'runtime null': { answers: { runtime: 'null' }, expected: { job: { runtime: null } } },
  'runtime absent': { answers: { runtime: 'absent' }, expected: { job: { runtime: null } } },
  'fields that nobody documents': { answers: { extraFields: true } },
  'another header of request ids': { answers: { requestIdHeader: 'x-amzn-requestid' } },
  'no header of request ids': { answers: { requestIdHeader: null } },
  'no compression': { answers: { gzip: false } },
  'an early 404': { answers: { earlyNotFound: 1 }, expected: NOT_FOUND },
  "a gateway's 404 in HTML": { answers: { gatewayNotFound: 2 }, expected: NOT_FOUND },
  "a gateway's 404 in JSON": { answers: { gatewayNotFound: 2, gatewayNotFoundBody: 'json' }, expected: NOT_FOUND },
  'a key refused for a while': {
    answers: { keyRefused: { from: 2, to: 3 } },
    expected: { wait: { failures: { UnstructuredAuthenticationError: 2 } } },
  },
  'an unknown status for a while': {
    answers: { unknownStatus: { from: 2, to: 3 }, unknownStatusText: 'REQUEUED' },
    expected: { wait: { unknownStatuses: { REQUEUED: 2 } } },
  },
};

/** What became of one case. */
interface Outcome {
  job: FakeJob;
  createdAt: number;
  waited: PromiseSettledResult<AwaitJobResult>;
}
const outcomes: Record<string, Outcome> = {};

/** One worker waits for all of them in turn; each job has answers of its own. */
beforeAll(async () => {
  await withRuns(async ({ env, api, waitFor }) => {
    for (const [name, { answers }] of Object.entries(CASES)) {
      const createdAt = await env.currentTimeMs();
      const job = api.addJob({
        files: ['a.pdf', 'b.pdf'],
        nodes: 2,
        createdAt,
        timeline: [['SCHEDULED', '5m'], ['IN_PROGRESS', '20m'], ['COMPLETED']],
        answers,
      });
      const [waited] = await Promise.allSettled([waitFor(job, RARELY)]);
      outcomes[name] = { job, createdAt, waited };
    }
  });
});

test.each(Object.entries(CASES))('%s', (name, { expected }) => {
  const { job, createdAt, waited } = outcomes[name]!;
  if (waited.status === 'rejected') throw waited.reason;
  const result = waited.value;

  const outputNodeFiles = job.fileIds.flatMap((fileId) => job.nodeIds.map((nodeId) => ({ nodeId, fileId })));
  const {
    wait,
    job: last,
    ...others
  } = {
    inputFileIds: job.fileIds,
    outputNodeFiles,
    outputNodeFilesSource: 'answer',
    outputNodeFilesTotal: 4,
    job: {},
    wait: {},
    ...expected,
  };
  expect(result).toMatchObject({
    ...others,
    job: {
      id: job.id,
      workflowId: job.workflowId,
      status: 'COMPLETED',
      jobType: 'ephemeral',
      runtime: 'PT0S',
      ...last,
    },
    wait: { failures: {}, unknownStatuses: {}, ...wait },
  });
  expect(Date.parse(result.job.createdAt ?? '')).toBe(createdAt);
});

test('created_at with an offset in the answer to the start and none later', async () => {
  await withRuns(async ({ env, api, document, run }) => {
    api.setAnswers({ createdAtOffset: 'startOnly' });
    const before = await env.currentTimeMs();
    const { job } = await run({ start: { templateId: 'hi_res_partition' }, documents: [await document('a.pdf')] });
    const createdAt = Date.parse(job.createdAt ?? '');
    expect(createdAt).toBeGreaterThanOrEqual(before);
    expect(createdAt).toBeLessThan(before + 3_600_000);
  });
});

test.each(sample(['all', 'final', 'none'], 1))(
  'an entry that can’t be read is left out, counted and shown, and fails no check (files: %s)',
  async (files) => {
    await withRuns(async ({ api, start }) => {
      const job = api.addJob({ files: ['a.pdf'], nodes: 1, timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']] });
      const list = [
        { node_id: job.nodeIds[0], file_id: job.fileIds[0] },
        { node_id: 'n', file_id: null },
        { file_id: '' },
      ];
      const set = { output_node_files: list, input_file_ids: [job.fileIds[0], null] };
      api.addFaults([['always', faults.patch({ set })]]);
      const handle = await start(job, { ...RARELY, files });
      const result = await handle.result();
      expect(result).toMatchObject({ job: { status: 'COMPLETED' }, outputNodeFilesTotal: 1 });
      expect(result.outputNodeFiles).toHaveLength(files === 'none' ? 0 : 1);
      expect(result.wait).toMatchObject({ failures: {}, unreadableEntries: 3 });
      expect(await handle.query(progress)).toMatchObject({ unreadableEntries: 3, failing: null, lastError: null });
      expect(await currentDetailsOf(handle)).toMatch(/\| Unreadable.entries \| 3 of the job's lists, left out \|/);
    });
  },
);

// What tells runs of one key apart beside their documents, so that none joins a run that answers something else.
import { describe, expect, it, test } from 'vitest';
import { answerNote, refuseOtherAnswer } from '../../../src/core/run/answer';
import { memoOfRun, refuseOtherJob, refuseOtherRun, runToJoin } from '../../../src/core/run/join';
import type { RunJobInput } from '../../../src/core/run/input';
import { encodedBytes } from '../../../src/core/encoded-size';
import { JOB_ID } from '../fixtures';

type Input = Partial<RunJobInput<unknown>>;
const WORKFLOW = '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d';
const input: Input = {
  start: { templateId: 'fast' },
  account: 'eu',
  outputs: { to: 's3://parsed/a/' },
};

function signed(digit: string): string {
  const signature = `X-Amz-Date=2026010${digit}T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=${digit}`;
  return `https://host/a/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${digit}&${signature}`;
}

function join(earlier: Input, later: Input): void {
  refuseOtherRun(memoOfRun(earlier), runToJoin(later));
}

describe('joined is one with', () => {
  it.each<[string, Input, Input]>([
    ['the same options', input, { ...input }],
    ['null for what is not given', {}, { account: null, outputs: null, failedFiles: null } as unknown as Input],
    ['the default account, named and not', {}, { account: 'default' }],
    ['the defaults, said and not', input, { ...input, failedFiles: 'return', onRefused: 'fail' }],
    [
      'the outputs’ defaults, said and not',
      input,
      { ...input, outputs: { to: 's3://parsed/a/', which: 'final', onLost: 'fail' } },
    ],
    [
      'the same template of names',
      { outputs: { to: 's3://parsed/', name: '{stem}.json' } },
      { outputs: { to: 's3://parsed/', name: '{stem}.json', parallel: 2 } },
    ],
    ['other parallel transfers', input, { ...input, outputs: { to: 's3://parsed/a/', parallel: 2 } }],
    [
      'other limits, gaps, budgets and policies',
      input,
      { ...input, runLimit: 1, startBudget: 0, onCancel: 'leave', whenBusy: 'fail', nodeCounts: true },
    ],
    [
      'a workflow in other letters',
      { start: { workflowId: WORKFLOW } },
      { start: { workflowId: WORKFLOW.toUpperCase() } },
    ],
    [
      'nodes whose fields stand in another order',
      { start: { jobNodes: [{ name: 'a', settings: { x: 1, y: [{ p: 1, q: 2 }] } }] } },
      { start: { jobNodes: [{ settings: { y: [{ q: 2, p: 1 }], x: 1 }, name: 'a' }] } },
    ],
    ['a target whose link was signed anew', { outputs: { to: signed('1') } }, { outputs: { to: signed('2') } }],
    [
      'a job and no start',
      { ...input, resume: { jobId: JOB_ID } },
      { ...input, start: undefined, resume: { jobId: JOB_ID } },
    ],
    ['a start beside a job alone', { resume: { jobId: JOB_ID } }, { start: { templateId: 'fast' } }],
    [
      'a job alone, whatever became of a busy workflow',
      { ...input, whenBusy: 'adopt', resume: { jobId: JOB_ID } },
      { account: 'eu', outputs: input.outputs, resume: { jobId: JOB_ID } },
    ],
    ['the job in other letters', { resume: { jobId: JOB_ID } }, { resume: { jobId: JOB_ID.toUpperCase() } }],
    ['a job that is not known yet', {}, { resume: { jobId: JOB_ID } }],
  ])('%s', (_what, earlier, later) => {
    expect(() => join(earlier, later)).not.toThrow();
  });

  it('whatever a memo of others holds', () => {
    for (const memo of [undefined, {}, { 'unstructured.answer': 'x' }, { 'unstructured.answer': { start: 7 } }])
      expect(() => refuseOtherRun(memo, runToJoin(input as RunJobInput))).not.toThrow();
  });
});

describe('refused is, with both values,', () => {
  const nodes = (...names: string[]): Input => ({ start: { jobNodes: names.map((name) => ({ name })) } });
  it.each<[string, Input, Input, string]>([
    [
      'start',
      input,
      { ...input, start: { templateId: 'hi_res' } },
      'has { templateId: "fast" }; got { templateId: "hi_res" }',
    ],
    [
      'start',
      input,
      { ...input, start: { workflowId: WORKFLOW } },
      `has { templateId: "fast" }; got { workflowId: "${WORKFLOW}" }`,
    ],
    ['account', input, { ...input, account: 'us' }, 'has "eu"; got "us"'],
    ['account', input, { ...input, account: undefined }, 'has "eu"; got "default"'],
    [
      'outputs.to',
      input,
      { ...input, outputs: { to: 's3://parsed/b/' } },
      'has "s3://parsed/a/"; got "s3://parsed/b/"',
    ],
    ['outputs.to', input, { ...input, outputs: undefined }, 'has "s3://parsed/a/"; got none'],
    ['outputs.to', { ...input, outputs: undefined }, input, 'has none; got "s3://parsed/a/"'],
    [
      'outputs.name',
      input,
      { ...input, outputs: { to: 's3://parsed/a/', name: '{stem}.json' } },
      'has none; got "{stem}.json"',
    ],
    [
      'outputs.name',
      { ...input, outputs: { to: 's3://parsed/a/', name: '{stem}.json' } },
      input,
      'has "{stem}.json"; got none',
    ],
    [
      'outputs.name',
      { ...input, outputs: { to: 's3://parsed/a/', name: '{stem}.json' } },
      { ...input, outputs: { to: 's3://parsed/a/', name: '{path}/{stem}.json' } },
      'has "{stem}.json"; got "{path}/{stem}.json"',
    ],
    ['outputs.which', input, { ...input, outputs: { to: 's3://parsed/a/', which: 'all' } }, 'has "final"; got "all"'],
    [
      'outputs.onLost',
      input,
      { ...input, outputs: { to: 's3://parsed/a/', onLost: 'return' } },
      'has "fail"; got "return"',
    ],
    ['failedFiles', input, { ...input, failedFiles: 'fail' }, 'has "return"; got "fail"'],
    ['onRefused', input, { ...input, onRefused: 'skip' }, 'has "fail"; got "skip"'],
    ['whenBusy', { ...input, whenBusy: 'adopt' }, input, 'has "adopt"; got "wait"'],
    ['whenBusy', { ...input, whenBusy: 'fail' }, { ...input, whenBusy: 'adopt' }, 'has "fail"; got "adopt"'],
    [
      'resume.jobId',
      { resume: { jobId: JOB_ID } },
      { resume: { jobId: WORKFLOW } },
      `has "${JOB_ID}"; got "${WORKFLOW}"`,
    ],
  ])('%s', (option, earlier, later, values) => {
    expect(() => join(earlier, later)).toThrow(
      `Option ${option} must match the run of this key, which ${values}. A key stands for one run`,
    );
  });

  it('where both look the same, a digest of each', () => {
    expect(() => join(nodes('a'), nodes('b'))).toThrow(
      /which has \{ jobNodes: an array \} \(digest (\w{16})\); got \{ jobNodes: an array \} \(digest (?!\1)\w{16}\)\./,
    );
  });

  it('another order of nodes', () => {
    expect(() => join(nodes('a', 'b'), nodes('b', 'a'))).toThrow('Option start must match');
  });
});

describe('whoever takes a run up gets its job', () => {
  const takeUp = (earlier: Input, later: Input) => () => refuseOtherJob(memoOfRun(earlier), runToJoin(later));

  it('whatever outputs they ask for, and where nobody said what is asked for', () => {
    const others = {
      outputs: { to: 's3://parsed/b/', name: '{stem}-{node}.json', which: 'all', onLost: 'return' },
      failedFiles: 'fail',
    } as const;
    expect(takeUp(input, { ...input, ...others, onRefused: 'skip' })).not.toThrow();
    expect(takeUp(input, { account: 'eu', resume: { jobId: JOB_ID } })).not.toThrow();
    expect(() => refuseOtherJob(memoOfRun(input))).not.toThrow();
    expect(() => refuseOtherJob(undefined, runToJoin(input))).not.toThrow();
  });

  it.each<[string, Input, string]>([
    [
      'start',
      { ...input, start: { templateId: 'hi_res' } },
      'has { templateId: "fast" }; got { templateId: "hi_res" }',
    ],
    ['account', { ...input, account: 'us' }, 'has "eu"; got "us"'],
    ['account', { ...input, account: undefined }, 'has "eu"; got "default"'],
  ])('but by no other %s', (option, later, values) => {
    expect(takeUp(input, later)).toThrow(`Option ${option} must match the run of this key, which ${values}.`);
  });
});

test('a note is small, and holds no secret', () => {
  const secret = 'hunter2'.repeat(50_000);
  const note = answerNote({
    start: { jobNodes: [{ key: secret }] },
    account: 'é'.repeat(50_000),
    outputs: { to: `https://me:${secret}@host/${'é'.repeat(50_000)}?token=${secret}` },
  });
  expect(encodedBytes(note)).toBeLessThan(1_500);
  const other = answerNote({
    start: { jobNodes: [{ key: 'x' }] },
    account: 'a',
    outputs: { to: 'https://host/?token=x' },
  });
  const refusal = (() => {
    try {
      refuseOtherAnswer(other, note);
      return '';
    } catch (error) {
      return String(error);
    }
  })();
  expect(`${JSON.stringify([note, other])}${refusal}`).not.toContain('hunter2');
  expect(refusal).toContain('Option start');
});

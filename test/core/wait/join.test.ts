import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationToMs } from '../../../src/common/duration';
import { ACCOUNT_MEMO, JOB_ID_MEMO, WAIT_MEMO } from '../../../src/core/names';
import { type AwaitJobOptions, resolveWaitInput } from '../../../src/core/wait/input';
import {
  answerDigest,
  lackingInMemo,
  memoOfWait,
  noteOfWait,
  sharedWorkflowId,
  waiterIds,
} from '../../../src/core/wait/join';
import { JOB_ID } from '../fixtures';

const digest = (options: AwaitJobOptions = {}, queue = 'q') =>
  answerDigest(resolveWaitInput({ jobId: JOB_ID, ...options }, durationToMs), queue);

it('shares a waiter for the next job of a workflow by workflow and time', () => {
  const awaited = { workflowId: JOB_ID.toUpperCase(), createdAfter: '2026-01-01T00:00:00Z' };
  expect(sharedWorkflowId({ jobId: null, awaited })).toBe(`unstructured-workflow-${JOB_ID}-2026-01-01T00:00:00Z`);
  expect(sharedWorkflowId({ jobId: JOB_ID })).toBe(`unstructured-job-${JOB_ID}`);
});

describe('the digest of an answer', () => {
  it.each([
    { files: 'final' },
    { files: 'none' },
    { failedFiles: 'fail' },
    { failedFiles: 'off' },
    { account: 'eu' },
    { account: 'default' },
    { knownFiles: [] },
    { knownFiles: [{ nodeId: 'n', fileId: 'f' }] },
    { knownFiles: [{ nodeId: 'n', fileId: 'f', nodeType: 't' }] },
  ] as Partial<AwaitJobOptions>[])('differs for %j', (options) => {
    expect(digest(options)).not.toBe(digest());
    expect(digest(options)).toBe(digest(options));
  });

  it('differs for the task queue of other workers', () => {
    expect(digest({}, 'other')).not.toBe(digest());
  });

  it.each([
    { files: 'all', failedFiles: 'return' },
    { files: undefined, account: undefined, knownFiles: undefined },
    { runLimit: '1 hour', queueLimit: 5_000, totalLimit: '2 days' },
    { minimumGap: '1 second', maximumGap: '2 seconds', gapJitter: 0, safetyGap: '1 hour' },
    { onCancel: 'cancel', onLimit: 'cancel', confirmLimit: '1 minute' },
    { maxResultBytes: 2_000, continueAsNewAfterEvents: 60 },
  ] as Partial<AwaitJobOptions>[])('is the same for %j', (options) => {
    expect(digest(options)).toBe(digest());
  });

  it('tells any two of them apart', () => {
    const name = fc.option(fc.string({ minLength: 1 }), { nil: undefined });
    const list = fc.option(fc.array(fc.record({ nodeId: fc.string(), fileId: fc.string() })), { nil: undefined });
    const files = fc.constantFrom('all', 'final', 'none');
    const options = fc.record({ account: name, knownFiles: list, files });
    fc.assert(
      fc.property(options, options, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(digest(one as AwaitJobOptions) === digest(other as AwaitJobOptions)).toBe(same);
      }),
    );
  });
});

it('is read back from a memo, and from nothing that is none', () => {
  const input = resolveWaitInput({ jobId: JOB_ID, account: 'eu' }, durationToMs);
  expect(noteOfWait(memoOfWait(input, 'abc', 'me'))).toEqual({ answer: 'abc', startedBy: 'me' });
  expect(noteOfWait(memoOfWait(input, 'abc'))).toEqual({ answer: 'abc' });
  for (const memo of [undefined, {}, { [WAIT_MEMO]: null }, { [WAIT_MEMO]: 'abc' }, { [WAIT_MEMO]: ['abc'] }])
    expect(noteOfWait(memo)).toEqual({});
});

it('tries the shared id first, and last one that nobody shares', () => {
  expect(waiterIds('shared', 'abc', 'me')).toEqual(['shared', 'shared/abc', 'shared/abc/me']);
});

describe('what a memo lacks of job and account', () => {
  const job = { [JOB_ID_MEMO]: JOB_ID };
  const awaited = { workflowId: JOB_ID, createdAfter: '2026-01-01T00:00:00Z' };

  it('is nothing where whoever started the wait noted them', () => {
    const memo = memoOfWait(resolveWaitInput({ jobId: JOB_ID, account: 'eu' }, durationToMs), 'abc');
    expect(memo).toMatchObject({ ...job, [ACCOUNT_MEMO]: 'eu' });
    expect(lackingInMemo(memo, { jobId: JOB_ID }, 'eu')).toEqual({});
  });

  it('is all of it where the wait was started by name', () => {
    for (const memo of [undefined, {}, { [JOB_ID_MEMO]: 'another' }])
      expect(lackingInMemo(memo, { jobId: JOB_ID }, 'eu')).toEqual({ ...job, [ACCOUNT_MEMO]: 'eu' });
    expect(lackingInMemo({}, { jobId: JOB_ID })).toEqual(job);
    expect(lackingInMemo(job, { jobId: JOB_ID })).toEqual({});
  });

  it('is the job that was not there yet', () => {
    const memo = memoOfWait(resolveWaitInput({ ...awaited, account: 'eu' }, durationToMs), 'abc');
    expect(memo).not.toHaveProperty([JOB_ID_MEMO]);
    expect(lackingInMemo(memo, { jobId: null, awaited }, 'eu')).toEqual({});
    expect(lackingInMemo(memo, { jobId: JOB_ID, awaited }, 'eu')).toEqual(job);
    expect(lackingInMemo({ ...memo, ...job }, { jobId: JOB_ID, awaited }, 'eu')).toEqual({});
  });

  it('is nothing of a wait from before that its caller noted, which goes on as it was', () => {
    expect(lackingInMemo({ [WAIT_MEMO]: { answer: 'abc' } }, { jobId: JOB_ID }, 'eu')).toEqual({});
  });
});

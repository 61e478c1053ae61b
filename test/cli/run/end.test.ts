import { ServiceError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, RetryState, TerminatedFailure } from '@temporalio/common';
import { expect, test, vi } from 'vitest';
import { failed } from '../../../src/cli/run/command';
import { CancelledBatchError, awaitEnd, notOver } from '../../../src/cli/run/end';
import { NO_DOCUMENTS } from '../../../src/core/batch/manifest';
import type { RunJobsResult } from '../../../src/core/batch/result';

const COUNTS = { ...NO_DOCUMENTS, documents: 2, ok: 2, jobs: 1, failedJobs: 0 };
const RESULT: RunJobsResult = { counts: COUNTS, manifest: { location: 'mem://out/manifest.json', parts: 1 } };
const WRITTEN = { manifest: () => Promise.resolve(undefined), notOk: () => Promise.resolve([]) };

function grpcError(code: number): ServiceError {
  return new ServiceError('Failed', { cause: Object.assign(new Error('no answer'), { code }) });
}

function failure(cause: Error): WorkflowFailedError {
  return new WorkflowFailedError('Workflow execution failed', cause, RetryState.NON_RETRYABLE_FAILURE);
}

/** How a batch ends whose results come one after the other. */
async function endsWith(results: (Error | RunJobsResult)[], { isBegun = true }: { isBegun?: boolean | Error } = {}) {
  const signal = AbortSignal.timeout(60_000);
  const rest = results.values();
  const result = vi.fn(() => {
    const { value } = rest.next();
    return value instanceof Error ? Promise.reject(value) : Promise.resolve(value ?? RESULT);
  });
  const ask = () => (isBegun instanceof Error ? Promise.reject(isBegun) : Promise.resolve(isBegun));
  const ended = await awaitEnd({ result }, WRITTEN, { signal, isBegun: ask, pauseMs: 1 }).catch(
    (error: unknown) => error,
  );
  return { ended, asked: result.mock.calls.length };
}

test.each([
  ['CANCELLED', 1],
  ['UNKNOWN', 2],
  ['DEADLINE_EXCEEDED', 4],
  ['RESOURCE_EXHAUSTED', 8],
  ['ABORTED', 10],
  ['INTERNAL', 13],
  ['UNAVAILABLE', 14],
])('a server that fails for a while, %s, is asked again', async (_, code) => {
  const { ended, asked } = await endsWith([grpcError(code), grpcError(code), RESULT]);
  expect(ended).toMatchObject({ counts: COUNTS, location: RESULT.manifest.location });
  expect(asked).toBe(3);
});

test('no server is asked any more once the program is told to end', async () => {
  const end = new AbortController();
  const result = vi.fn(() => {
    end.abort(new Error('Ctrl-C'));
    return Promise.reject(grpcError(14));
  });
  const isBegun = () => Promise.resolve(true);
  await expect(awaitEnd({ result }, WRITTEN, { signal: end.signal, isBegun, pauseMs: 60_000 })).rejects.toThrow();
  expect(result).toHaveBeenCalledTimes(1);
});

test.each([
  ['a right that was taken away', grpcError(7), 'no answer'],
  ['a workflow that is forgotten', new WorkflowNotFoundError('it is gone', 'key', undefined), 'it is gone'],
  ['an answer that can not be read', new TypeError('it is not JSON'), 'it is not JSON'],
])('%s is not the end of the batch', async (_, error, reason) => {
  const { ended, asked } = await endsWith([error, RESULT], { isBegun: false });
  expect(ended).toMatchObject({
    message: `The program could not follow the batch to its end: ${reason}. The batch is not over: run the same command again to resume it.`,
    exitCode: 1,
  });
  expect(asked).toBe(1);
});

test.each([
  ['once jobs may have begun', true, 1],
  ['before anything was begun', false, 2],
  ['where nobody can tell', new Error('no disk'), 1],
])('a batch that failed ends %s with %s: %s', async (_, isBegun, exitCode) => {
  const refused = ApplicationFailure.nonRetryable('no such folder', 'UnstructuredValidationError', {});
  expect((await endsWith([failure(refused)], { isBegun })).ended).toMatchObject({
    message: 'no such folder',
    exitCode,
  });
  expect((await endsWith([failure(new TerminatedFailure('by hand'))], { isBegun })).ended).toMatchObject({
    message: 'The batch ended: by hand',
    exitCode,
  });
});

test.each([
  [
    'UnstructuredValidationError',
    'Option retryFailed names x, but there is none.',
    '--retry-failed names x, but there is none.',
  ],
  ['UnstructuredValidationError', 'Option documents.from is no folder.', '--from is no folder.'],
  ['UnstructuredTransferError', 'Target x is gone.', 'UnstructuredTransferError: Target x is gone.'],
])('%s: what a batch failed of is said in the words of the command line: %s', async (type, message, told) => {
  const { ended } = await endsWith([failure(ApplicationFailure.nonRetryable(message, type, {}))]);
  expect(ended).toMatchObject({ message: told });
});

test('the outcome is that of the manifest, and without one it is told by how the batch ended', async () => {
  expect((await endsWith([RESULT])).ended).toMatchObject({ outcome: 'completed' });
  const details = { ...RESULT, tolerated: 0 };
  const stopped = failure(ApplicationFailure.nonRetryable('too many', 'UnstructuredBatchFailedError', details));
  expect((await endsWith([stopped])).ended).toMatchObject({ outcome: 'stopped', message: 'too many' });
  const cancelled = await endsWith([failure(new CancelledFailure('by hand'))]);
  const terminated = await endsWith([failure(new TerminatedFailure('by hand'))]);
  expect(cancelled.ended).toBeInstanceOf(CancelledBatchError);
  expect(terminated.ended).not.toBeInstanceOf(CancelledBatchError);
});

test('a batch that goes on without the program is told as not over, and one that ended without a manifest as failed', async () => {
  expect(failed(notOver(new Error('no server')))).toMatchObject({ outcome: 'notOver', exitCode: 1 });
  const { ended } = await endsWith([failure(ApplicationFailure.create({ message: 'no', type: 'Other' }))]);
  expect(failed(ended)).toMatchObject({ outcome: 'failed', exitCode: 1 });
  const cancelled = await endsWith([failure(new CancelledFailure('cancelled'))]);
  expect(failed(cancelled.ended)).toMatchObject({ outcome: 'cancelled', exitCode: 1 });
});

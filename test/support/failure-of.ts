import type { WorkflowFailedError } from '@temporalio/client';
import { isCancellation } from '@temporalio/workflow';
import { expect } from 'vitest';
import { unstructuredFailure, type UnstructuredFailure, type UnstructuredFailureType } from '../../src';

/** The failure that a wait ends with, which must be of this type. */
export async function failureOf<T extends UnstructuredFailureType>(
  type: T,
  wait: Promise<unknown>,
): Promise<Extract<UnstructuredFailure, { type: T }>> {
  const error = await wait.then(
    (result) => expect.fail(`The wait did not fail: ${JSON.stringify(result)}`),
    (error: unknown) => error,
  );
  const failure = unstructuredFailure(error);
  if (!failure) throw error;
  expect(failure.type, failure.message).toBe(type);
  return failure as Extract<UnstructuredFailure, { type: T }>;
}

/** A workflow ends as cancelled, and with no failure of ours. */
export async function expectCancelled(result: Promise<unknown>): Promise<void> {
  const error: unknown = await result.then(
    () => expect.fail('It was not cancelled.'),
    (reason: unknown) => reason,
  );
  expect(isCancellation((error as WorkflowFailedError).cause), String(error)).toBe(true);
  expect(unstructuredFailure(error)).toBeUndefined();
}

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

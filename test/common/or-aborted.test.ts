import { expect, test } from 'vitest';
import { orAborted } from '../../src/common/or-aborted';

const NEVER = new Promise<never>(() => undefined);

test('work that ends first is what it ends with', async () => {
  const { signal } = new AbortController();
  expect(await orAborted(signal, Promise.resolve(7))).toBe(7);
  await expect(orAborted(signal, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test.each([
  ['before', true],
  ['meanwhile', false],
])('a signal that aborts %s ends it with its reason', async (_, isBefore) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  if (isBefore) controller.abort(reason);
  const waiting = orAborted(controller.signal, NEVER);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('the failure of work that was left behind ends no process', async () => {
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<never>((_, reject) => (fail = reject));
  const waiting = orAborted(AbortSignal.abort(new Error('enough')), work);
  await expect(waiting).rejects.toThrow('enough');
  const seen: unknown[] = [];
  const note = (error: unknown) => void seen.push(error);
  process.on('unhandledRejection', note);
  fail(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(seen).toEqual([]);
});

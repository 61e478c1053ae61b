import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { orAborted, orLate } from '../../src/common/or-aborted';

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

describe('within a time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const ms = 1_000;
  const late = () => new Error('late');

  test('work that ends first is what it ends with, and its signal stays', async () => {
    let signal: AbortSignal | undefined;
    const work = (either: AbortSignal) => {
      signal = either;
      return Promise.resolve(7);
    };
    expect(await orLate({ ms, late }, work)).toBe(7);
    expect(vi.getTimerCount()).toBe(0);
    expect(signal?.aborted).toBe(false);
  });

  test('work that throws at once leaves no timer', async () => {
    const work = () => {
      throw new Error('no');
    };
    await expect(orLate({ ms, late }, work)).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('work that takes longer is told so, and left behind', async () => {
    let signal: AbortSignal | undefined;
    const waiting = orLate({ ms, late }, (either) => {
      signal = either;
      return NEVER;
    });
    const failed = expect(waiting).rejects.toThrow('late');
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect(signal?.reason).toMatchObject({ message: 'late' });
  });

  test('a signal that aborts before ends it with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = orLate({ ms, late, signal: controller.signal }, () => NEVER);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});

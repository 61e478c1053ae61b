// With maxRequestsPerSecond the requests of a client take turns, and what would wait for too long fails unsent.
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { RequestRate } from '../../../src/api/http/request-rate';
import { clientOf, errorOf, JOB_ID, serve } from '../support';

describe('turns', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are evenly spaced, and begin at once after a pause', async () => {
    const rate = new RequestRate(20);
    let taken = 0;
    const take = (count: number) => {
      for (let n = 0; n < count; n++) void rate.turn().then(() => taken++);
    };
    const takenAfter = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return taken;
    };
    take(5);
    expect(await takenAfter(0)).toBe(1);
    expect(await takenAfter(49)).toBe(1);
    expect(await takenAfter(1)).toBe(2);
    expect(await takenAfter(150)).toBe(5);
    await vi.advanceTimersByTimeAsync(1_000);
    take(2);
    expect(await takenAfter(0)).toBe(6);
    expect(await takenAfter(50)).toBe(7);
  });

  it('further than ten seconds away are refused with the time until then, and take no place', async () => {
    const rate = new RequestRate(1);
    const turns = Array.from({ length: 11 }, () => rate.turn());
    const refused = { kind: 'rateLimit', details: { notSent: true, retryAfterMs: 11_000 } };
    await expect(rate.turn()).rejects.toMatchObject(refused);
    await expect(rate.turn()).rejects.toMatchObject(refused);
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(turns);
  });
});

test('the requests of a client take their turns, and the error of one that may not names the option', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests++;
    response.writeHead(404).end();
  });
  const client = clientOf(url, { maxRequestsPerSecond: 1 });
  const giveUp = new AbortController();
  const waiting = Array.from({ length: 11 }, () =>
    client.getJob(JOB_ID, { signal: giveUp.signal }).catch((error: unknown) => error),
  );
  const { type, message, details } = await errorOf(client.getJob(JOB_ID));
  expect(type).toBe('UnstructuredRateLimitError');
  expect(message).toContain('maxRequestsPerSecond 1');
  expect(details).toMatchObject({ kind: 'rateLimit', notSent: true });
  giveUp.abort(new Error('enough'));
  await Promise.all(waiting);
  expect(requests).toBeLessThan(11);
});

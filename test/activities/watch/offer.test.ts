// No watch is offered where time is skipped, which it would stop.
import { expect, it, onTestFinished, vi } from 'vitest';
import type { TemporalClient } from '../../../activities/watch/token';
import { Watches } from '../../../activities/watch/watches';

const OFFER = { tickMs: 10_000 };

const unwarned = (reason: string) => expect.fail(reason);

/** A client of a server that answers with these versions, one after another. */
function clientOf(versions: (string | Error)[], connection: object = {}) {
  let calls = 0;
  const client = {
    connection,
    workflowService: {
      getSystemInfo: () => {
        const version = versions[calls++];
        return version instanceof Error ? Promise.reject(version) : Promise.resolve({ serverVersion: version });
      },
    },
    withDeadline: (_: number, fn: () => Promise<unknown>) => fn(),
  };
  return { client: client as unknown as TemporalClient, calls: () => calls };
}

it('is offered by a server that tells its version, which is asked once', async () => {
  const { client, calls } = clientOf(['1.29.1']);
  const watches = new Watches({});
  expect([await watches.offer(client, unwarned), await watches.offer(client, unwarned)]).toEqual([OFFER, OFFER]);
  expect(calls()).toBe(1);
});

it('is not offered in the environment of the SDK that skips time', async () => {
  const { client, calls } = clientOf(['1.29.1'], { testService: {} });
  expect(await new Watches({}).offer(client, unwarned)).toBeNull();
  expect(calls()).toBe(0);
});

it('is not offered by another connection to such a server, which tells no version: that is reported once', async () => {
  const { client } = clientOf(['']);
  const watches = new Watches({});
  const warn = vi.fn();
  for (let n = 0; n < 3; n++) expect(await watches.offer(client, warn)).toBeNull();
  expect(warn.mock.calls).toEqual([['the Temporal server does not report its version, like a server that skips time']]);
});

it('is not offered while the server does not answer, which is asked and reported once a minute, and then it is', async () => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const { client, calls } = clientOf([new Error('unavailable'), new Error('still away'), '1.29.1']);
  const watches = new Watches({});
  const warn = vi.fn();
  const offers = async () => [await watches.offer(client, warn), await watches.offer(client, warn)];
  expect(await offers()).toEqual([null, null]);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(await offers()).toEqual([null, null]);
  expect(calls()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await offers()).toEqual([null, null]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await offers()).toEqual([OFFER, OFFER]);
  expect(calls()).toBe(3);
  const reason = 'the Temporal server does not answer getSystemInfo: ';
  expect(warn.mock.calls).toEqual([[`${reason}unavailable`], [`${reason}still away`]]);
});

it('is not offered where watch is false', async () => {
  expect(await new Watches(false).offer(clientOf(['1.29.1']).client, unwarned)).toBeNull();
});

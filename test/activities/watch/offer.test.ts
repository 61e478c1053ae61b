// No watch is offered where time is skipped, which it would stop.
import { expect, it } from 'vitest';
import type { TemporalClient } from '../../../activities/watch/token';
import { Watches } from '../../../activities/watch/watches';

const OFFER = { tickMs: 10_000 };

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
  expect([await watches.offer(client), await watches.offer(client)]).toEqual([OFFER, OFFER]);
  expect(calls()).toBe(1);
});

it('is not offered in the environment of the SDK that skips time', async () => {
  const { client, calls } = clientOf(['1.29.1'], { testService: {} });
  expect(await new Watches({}).offer(client)).toBeNull();
  expect(calls()).toBe(0);
});

it('is not offered by another connection to such a server, which tells no version', async () => {
  expect(await new Watches({}).offer(clientOf(['']).client)).toBeNull();
});

it('is not offered while the server does not answer, and then it is', async () => {
  const { client } = clientOf([new Error('unavailable'), '1.29.1']);
  const watches = new Watches({});
  expect([await watches.offer(client), await watches.offer(client)]).toEqual([null, OFFER]);
});

it('is not offered where watch is false', async () => {
  expect(await new Watches(false).offer(clientOf(['1.29.1']).client)).toBeNull();
});

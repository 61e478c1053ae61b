// An upload that the network ends: whether the API may have received the request whole tells whether there may be a job.
import type { RequestListener } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import type { UploadFile } from '../../src/api/client';
import { Gate } from '../support/gate';
import { clientOf, errorOf, serve } from './support';

/** A file whose second half comes once `until` is settled. */
function inHalves(until: Promise<unknown>, bytes: number | undefined): UploadFile {
  return {
    name: 'a.txt',
    contentType: 'text/plain',
    bytes,
    async *stream() {
      yield Buffer.from('a');
      await until;
      yield Buffer.from('b');
    },
  };
}

const never = new Promise<never>(() => undefined);
const SIZES: [string, number | undefined][] = [
  ['of a known size', 2],
  ['of an unknown size', undefined],
];
const ENDS: [string, 'destroy' | 'resetAndDestroy', string][] = [
  ['closes', 'destroy', 'connection'],
  ['resets', 'resetAndDestroy', 'connection'],
];

describe.each(SIZES)('a file %s', (_, bytes) => {
  test.each(ENDS)(
    'a server that %s the connection before the last file was read has no whole request',
    async (_, end) => {
      const url = await serve(
        (request) => void request.on('error', () => undefined).once('data', () => request.socket[end]()),
      );
      const files = [inHalves(Promise.resolve(), bytes), inHalves(never, bytes)];
      const { details } = await errorOf(clientOf(url).createJob({ templateId: 't' }, files));
      expect(details).toMatchObject({ kind: 'connection', incomplete: true });
      expect(details).not.toHaveProperty('notSent');
    },
  );

  test.each(ENDS)('a server that %s the connection once it has all may have started a job', async (_, end) => {
    const url = await serve((request) => void request.resume().on('end', () => request.socket[end]()));
    const { details } = await errorOf(
      clientOf(url).createJob({ templateId: 't' }, [inHalves(Promise.resolve(), bytes)]),
    );
    expect(details.kind).toBe('connection');
    expect(details).not.toHaveProperty('incomplete');
    expect(details).not.toHaveProperty('notSent');
  });

  test('a call whose time is over before the last file was read has sent no whole request', async () => {
    const url = await serve((request) => void request.resume());
    const call = clientOf(url).createJob({ templateId: 't' }, [inHalves(never, bytes)], { timeoutMs: 100 });
    expect((await errorOf(call)).details).toMatchObject({ kind: 'timeout', incomplete: true });
  });
});

test('a file whose stream hangs is told as such, and not as a network that does', async () => {
  const begun = new Gate();
  const url = await serve((request) => void request.resume().once('data', begun.open));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const call = (file: UploadFile) =>
      clientOf(url)
        .createJob({ templateId: 't' }, [file])
        .catch((error: unknown) => error);
    const toError = (error: unknown) => new Error(`m:a: ${(error as Error).message}`);
    const failed = [call(inHalves(never, 2)), call({ ...inHalves(never, 2), toError })];
    await begun.opened;
    for (let tick = 0; tick < 10; tick++) await vi.advanceTimersByTimeAsync(10_000);
    const message = 'The file a.txt could not be read to its end: no data for 60 s';
    expect(await Promise.all(failed)).toMatchObject([
      { message, details: { kind: 'connection', incomplete: true } },
      { message: 'm:a: no data for 60 s' },
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test('an upload that stands still before the last file was read was not whole', async () => {
  const begun = new Gate();
  const url = await serve(() => begun.open()); // reads nothing
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(65_536);
  }
  const file = { name: 'a.txt', contentType: 'text/plain', bytes: undefined, stream: endless };
  const client = clientOf(url, { minimumRate: { bytes: 0, per: 1_000 } });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const failed = errorOf(client.createJob({ templateId: 't' }, [file]));
    await begun.opened;
    await vi.advanceTimersByTimeAsync(60_000);
    const { message, details } = await failed;
    expect(message).toContain('the upload stalled');
    expect(details).toMatchObject({ kind: 'timeout', incomplete: true });
  } finally {
    vi.useRealTimers();
  }
});

test('a request that was not sent is not called incomplete', async () => {
  const url = await serve(() => undefined);
  const client = clientOf(url);
  await client.close();
  const { details } = await errorOf(client.createJob({ templateId: 't' }, [inHalves(never, 2)]));
  expect(details.notSent).toBe(true);
  expect(details).not.toHaveProperty('incomplete');
});

test('an answer that is no HTTP leaves it open', async () => {
  const noHttp: RequestListener = (request) =>
    void request.on('error', () => undefined).once('data', () => request.socket.write('Nothing to see here.\r\n\r\n'));
  const { details } = await errorOf(clientOf(await serve(noHttp)).createJob({ templateId: 't' }, [inHalves(never, 2)]));
  expect(details.kind).toBe('response');
  expect(details).not.toHaveProperty('incomplete');
});

// A transfer that trickles ends as one that stalled; one that is slow because of its reader, or of the document that is sent, does not.
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import type { UploadFile } from '../../src/api/client';
import { Pace } from '../../src/network/pace';
import { UnstructuredServerError, UnstructuredTimeoutError } from '../../src/core/errors';
import { clientOf, errorOf, JOB_ID, serve, wireJob } from './support';

const MINIMUM_RATE = { bytes: 1_000, per: 300 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a body in pieces, each so long after the one before. */
function serveSlowly(
  body: Buffer,
  pieceBytes: number,
  everyMs: number,
  headers: Record<string, string> = {},
  status = 200,
) {
  return serve((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    let at = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(at, (at += pieceBytes)));
      if (at >= body.length) response.end();
    }, everyMs);
    response.on('close', () => clearInterval(timer));
  });
}

async function readAll(body: Readable, everyMs = 0): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (everyMs > 0) await pause(everyMs);
  }
  return bytes;
}

const json = (bytes: number) => Buffer.from(JSON.stringify('x'.repeat(bytes - 2)));

describe('a download', () => {
  it.each([
    ['plain', json(100_000), {}],
    [
      'compressed',
      gzipSync(Buffer.from(JSON.stringify(Array.from({ length: 9_999 }, () => Math.random())))),
      { 'content-encoding': 'gzip' },
    ],
  ])('that trickles ends as stalled (%s)', async (_, body, headers) => {
    const client = clientOf(await serveSlowly(body, 1, 20, headers), { minimumRate: MINIMUM_RATE });
    const output = await client.downloadJobOutput(JOB_ID, 'a.pdf');
    const error = await errorOf(readAll(output.body));
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.retryable).toBe(true);
    expect(error.message).toMatch(/the transfer stalled: \d+ bytes in 300 ms, fewer than 1000/);
  });

  it('is ended by no rate where that is 0', async () => {
    const client = clientOf(await serveSlowly(json(40), 1, 20), { minimumRate: { ...MINIMUM_RATE, bytes: 0 } });
    expect(await readAll((await client.downloadJobOutput(JOB_ID, 'a.pdf')).body)).toBe(40);
  });

  it('may be read as slowly as its reader likes', async () => {
    const client = clientOf(await serveSlowly(json(1_000_000), 1_000_000, 1), {
      minimumRate: { bytes: 1_000_000, per: 100 },
    });
    const { body } = await client.downloadJobOutput(JOB_ID, 'a.pdf');
    await pause(300);
    expect(await readAll(body, 30)).toBe(1_000_000);
  });

  it('that is slow, but not slower than that, is whole', async () => {
    const client = clientOf(await serveSlowly(json(60_000), 2_000, 20), { minimumRate: MINIMUM_RATE });
    expect(await readAll((await client.downloadJobOutput(JOB_ID, 'a.pdf')).body)).toBe(60_000);
  });
});

describe('an upload', () => {
  const file = (stream: UploadFile['stream']): UploadFile => ({
    name: 'a',
    contentType: 'x/y',
    bytes: undefined,
    stream,
  });

  it('that the service takes too slowly ends as stalled', async () => {
    const url = await serve((request) => {
      const timer = setInterval(() => void request.read(1), 20); // as slow as anybody can read
      request.on('close', () => clearInterval(timer));
    });
    const client = clientOf(url, { minimumRate: MINIMUM_RATE });
    // eslint-disable-next-line @typescript-eslint/require-await
    const endless = file(async function* () {
      for (;;) yield Buffer.alloc(65_536);
    });
    const error = await errorOf(client.createJob({ templateId: 't' }, [endless]));
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.message).toContain('the transfer stalled');
    expect(error.details.notSent).toBeUndefined();
  });

  it('of a slow document goes on', async () => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => response.end(JSON.stringify(wireJob())));
    });
    const client = clientOf(url, { minimumRate: { bytes: 1_000_000, per: 100 } });
    const slow = file(async function* () {
      for (let n = 0; n < 20; n++) {
        await pause(25);
        yield Buffer.from('x');
      }
    });
    expect(await client.createJob({ templateId: 't' }, [slow])).toMatchObject({ id: JOB_ID });
  });

  it('ends in time where nothing but interim answers comes', async () => {
    let hint: (() => void) | undefined;
    let isWhole = false;
    const url = await serve((request, response) => {
      hint = () => response.writeProcessing();
      request.resume().on('end', () => (isWhole = true));
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stream = () => Readable.from([Buffer.from('x')]);
    const failing = errorOf(clientOf(url).createJob({ templateId: 't' }, [file(stream)]));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    while (!isWhole) await turn();
    for (let second = 0; second < 121; second++) {
      hint?.();
      await turn();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const error = await failing;
    expect(error).toBeInstanceOf(UnstructuredTimeoutError);
    expect(error.message).toContain('no answer to the upload in time');
  });
});

test('an answer that is no success counts by its status if its body trickles', { timeout: 20_000 }, async () => {
  const client = clientOf(await serveSlowly(json(100_000), 1, 20, {}, 503));
  const file = { name: 'a', contentType: 'x/y', bytes: 1, stream: () => Readable.from([Buffer.from('x')]) };
  const calls = [
    client.downloadJobOutput(JOB_ID, 'a.pdf'),
    client.createJob({ templateId: 't' }, [file]),
    client.getJob(JOB_ID),
  ];
  for (const error of await Promise.all(calls.map((call) => errorOf(call)))) {
    expect(error).toBeInstanceOf(UnstructuredServerError);
    expect(error.details.status).toBe(503);
  }
});

describe('the pace', () => {
  function paceOf(bytes: number, per: number) {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const told: string[] = [];
    return { pace: new Pace({ bytes, per }, (figures) => told.push(figures)), told };
  }

  it('is judged after each time in which the network was waited for, and told once', () => {
    const { pace, told } = paceOf(100, 1_000);
    pace.begin();
    pace.count(100);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([]);
    pace.count(99);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(['99 bytes in 1000 ms, fewer than 100']);
    pace.begin();
    vi.advanceTimersByTime(10_000);
    expect(told).toHaveLength(1);
  });

  it('adds up the turns of the network, and none of others', () => {
    const { pace, told } = paceOf(100, 1_000);
    for (let turn = 0; turn < 3; turn++) {
      pace.begin();
      vi.advanceTimersByTime(300);
      pace.begin(); // it is its turn already
      pace.pause();
      pace.pause();
      vi.advanceTimersByTime(60_000);
    }
    pace.begin();
    vi.advanceTimersByTime(99);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toHaveLength(1);
  });

  it('is of no account at the end', () => {
    const { pace, told } = paceOf(100, 1_000);
    pace.begin();
    pace.end();
    pace.begin();
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

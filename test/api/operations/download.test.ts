// Downloads: streamed with back-pressure, and ended only where they were whole.
import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { clientOf, errorOf, JOB_ID, serve, serveTcp } from '../support';

const JSON_TEXT = JSON.stringify([{ text: 'a "quoted" \\ text' }, { n: [1, {}] }]);
const answering =
  (body: string | Buffer, headers: Record<string, string | number> = {}, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
const download = async (listener: RequestListener, fileId = 'a-1.pdf', options = {}) =>
  clientOf(await serve(listener)).downloadJobOutput(JOB_ID, fileId, options);

test('the body comes whole, with type and promised size', async () => {
  const output = await download(answering(JSON_TEXT, { 'content-length': JSON_TEXT.length }));
  expect(output).toMatchObject({ contentType: 'application/json', bytes: JSON_TEXT.length });
  expect((await buffer(output.body)).toString()).toBe(JSON_TEXT);
});

test.each(['null', '0', '"text"', '\ufeff[1]', '{"a":1}\n{"a":2}\n', ' [ ] \n'])(
  '%j is saved as it came',
  async (text) => {
    for (const headers of framings(text)) {
      const { body } = await download(answering(text, headers));
      expect((await buffer(body)).equals(Buffer.from(text))).toBe(true);
    }
  },
);

/** Headers of an answer in chunks, with its length, and on a connection that ends with it. */
function framings(text: string): Record<string, string | number>[] {
  return [{}, { 'content-length': Buffer.byteLength(text) }, { connection: 'close' }];
}

/** Answers without a length and without chunks, so that only the end of the connection tells the end. */
const untilClose = (body: string | Buffer, header = 'connection: close') =>
  serveTcp((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n`);
      socket.end(body);
    });
  });

test.each([
  ['empty', ''],
  ['a page', '<html></html>'],
  ['a text', 'Internal Server Error'],
  ['JSON that breaks off though the answer is whole', '[{"a":1},'],
])('an output that is %s says that it is not JSON', async (_what, text) => {
  for (const headers of framings(text)) {
    const error = await errorOf(download(answering(text, headers)).then(({ body }) => buffer(body)));
    expect(error).toMatchObject({ type: 'UnstructuredResponseError', details: { code: 'ERR_OUTPUT_NOT_JSON' } });
  }
});

const LINES = '{"a":1}\n{"a":2}';

test.each([
  ['another coding than chunks', 'transfer-encoding: gzip', gzipSync(LINES)],
  ['none', 'transfer-encoding: identity', LINES],
])('lines that may be cut off are no whole output where the transfer has %s', async (_, header, body) => {
  const client = clientOf(await untilClose(body, header));
  const error = await errorOf(client.downloadJobOutput(JOB_ID, 'a').then(({ body }) => buffer(body)));
  expect(error.message).toContain('the output may be cut off: the answer has neither a length nor chunks');
});

test('JSON that breaks off where only the end of the connection tells the end may be a transfer that was cut', async () => {
  const client = clientOf(await untilClose('[{"a":1},'));
  const error = await errorOf(client.downloadJobOutput(JOB_ID, 'a').then(({ body }) => buffer(body)));
  expect(error).toMatchObject({ type: 'UnstructuredResponseError', details: { status: 200 } });
  expect(error.details.code).toBeUndefined();
  const whole = await clientOf(await untilClose('[{"a":1}]')).downloadJobOutput(JOB_ID, 'a');
  expect(String(await buffer(whole.body))).toBe('[{"a":1}]');
});

test.each(['gzip', 'identity'])('%s', async (encoding) => {
  const isGzip = encoding === 'gzip';
  const output = await download(
    answering(isGzip ? gzipSync(JSON_TEXT) : JSON_TEXT, isGzip ? { 'content-encoding': 'gzip' } : {}),
  );
  expect((await buffer(output.body)).toString()).toBe(JSON_TEXT);
});

test('a transfer that is compressed itself is decompressed, and nobody takes its length for that of the output', async () => {
  const output = await download(answering(gzipSync(JSON_TEXT), { 'transfer-encoding': 'gzip, chunked' }));
  expect(output.bytes).toBeUndefined();
  expect((await buffer(output.body)).toString()).toBe(JSON_TEXT);
});

test.each<[string, string, string | Buffer]>([
  ['of an unknown coding', 'compress', JSON_TEXT],
  ['that is not of its coding', 'gzip', JSON_TEXT],
  ['that breaks off', 'gzip', gzipSync(JSON_TEXT).subarray(0, 20)],
  ['with a byte behind its end', 'deflate', Buffer.concat([deflateSync(JSON_TEXT), Buffer.from('\n')])],
])('an output %s says that it can not be decoded', async (_what, coding, data) => {
  const error = await errorOf(
    download(answering(data, { 'content-encoding': coding })).then(({ body }) => buffer(body)),
  );
  expect(error).toMatchObject({ type: 'UnstructuredResponseError', details: { code: 'ERR_CONTENT_NOT_DECODED' } });
});

test('compressed data that breaks off where only the end of the connection tells the end may be a transfer that was cut', async () => {
  const url = await serveTcp((socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n\r\n');
      socket.end(gzipSync(JSON_TEXT).subarray(0, 20));
    }),
  );
  const error = await errorOf(
    clientOf(url)
      .downloadJobOutput(JOB_ID, 'a')
      .then(({ body }) => buffer(body)),
  );
  expect(error).toMatchObject({ type: 'UnstructuredResponseError' });
  expect(error.details.code).toBeUndefined();
});

test('file and node ids are encoded', async () => {
  let target = '';
  const listener: RequestListener = (request, response) => {
    target = request.url ?? '';
    response.end('[]');
  };
  await buffer((await download(listener, 'ä &?/#.pdf', { nodeId: 'n 1' })).body);
  expect(target).toBe(`/api/v1/jobs/${JOB_ID}/download?file_id=%C3%A4+%26%3F%2F%23.pdf&node_id=n+1`);
});

test.each([2 ** 31, Number.MAX_VALUE])(
  'a limit of %d ms, more than a timer holds, is none that is over at once',
  async (timeoutMs) => {
    const listener: RequestListener = (_q, r) => void setTimeout(() => r.end(JSON_TEXT), 50);
    expect(String(await buffer((await download(listener, 'a.pdf', { timeoutMs })).body))).toBe(JSON_TEXT);
  },
);

test('an answer that is no success fails the call itself', async () => {
  const error = await errorOf(download(answering('{"detail":"Job not found"}', {}, 404)));
  expect(error).toMatchObject({ type: 'UnstructuredNotFoundError', details: { detail: 'Job not found' } });
});

describe('a body that is not whole fails while it is read', () => {
  const half = JSON_TEXT.slice(0, 20);
  it.each<[string, RequestListener, string]>([
    [
      'cut off with its length promised',
      (_q, r) => void (r.writeHead(200, { 'content-length': 99 }), r.write(half), setTimeout(() => r.destroy(), 20)),
      'UnstructuredResponseError',
    ],
    [
      'cut off at a chunk',
      (_q, r) => void (r.write(half), setTimeout(() => r.destroy(), 20)),
      'UnstructuredResponseError',
    ],
    ['ended early in good form', answering(half), 'UnstructuredResponseError'],
    ['a page', answering('<html></html>', { 'content-type': 'text/html' }), 'UnstructuredResponseError'],
    ['empty', answering(''), 'UnstructuredResponseError'],
    ['followed by more', answering('[][]'), 'UnstructuredResponseError'],
    [
      'broken gzip',
      answering(gzipSync(JSON_TEXT).subarray(0, 30), { 'content-encoding': 'gzip' }),
      'UnstructuredResponseError',
    ],
    ['garbage for gzip', answering('nonsense', { 'content-encoding': 'gzip' }), 'UnstructuredResponseError'],
  ])('%s', async (_, listener, type) => {
    const error = await errorOf(download(listener).then(({ body }) => buffer(body)));
    expect(error).toMatchObject({ type, details: { jobId: JOB_ID } });
  });
});

test('a body that stalls ends as a time-out', async () => {
  const url = await serve((_request, response) => void response.write('['));
  const client = clientOf(url, { timeouts: { body: 300 } });
  const { body } = await client.downloadJobOutput(JOB_ID, 'a');
  expect(await errorOf(buffer(body))).toMatchObject({ type: 'UnstructuredTimeoutError' });
});

test('no more is taken from the network than is read, and destroying the body ends the request', async () => {
  let written = 0;
  let isClosed = false;
  const { body } = await download((_request, response) => {
    response.on('close', () => (isClosed = true)).write('[');
    const write = () => {
      while (response.write(`"${'x'.repeat(65_534)}"`)) written += 65_536;
      response.once('drain', write);
    };
    write();
  });
  await new Promise((resolve) => body.once('readable', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(written).toBeLessThan(32 * 1_024 * 1_024);
  body.destroy();
  await expect.poll(() => isClosed).toBe(true);
});

test("the caller's signal ends a body with its own reason", async () => {
  const control = new AbortController();
  const { body } = await download((_request, response) => void response.write('['), 'a', { signal: control.signal });
  const reason = new Error('enough');
  control.abort(reason);
  await expect(buffer(body)).rejects.toBe(reason);
});

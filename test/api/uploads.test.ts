// Uploads: multipart as the API wants it, streamed, never held, with errors that say whose they are.
import { Busboy } from '@fastify/busboy';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import type { UploadFile } from '../../src/api/client';
import { clientOf, errorOf, serve, wireJob } from './support';

// eslint-disable-next-line @typescript-eslint/require-await
async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const file = (name: string, text: string, bytes: number | undefined = Buffer.byteLength(text)): UploadFile => ({
  name,
  contentType: 'text/plain',
  bytes,
  stream: () => chunks(text.slice(0, 1), text.slice(1)),
});

interface Received {
  headers: IncomingHttpHeaders;
  fields: Record<string, string>;
  files: { field: string; name: string; type: string; text: string }[];
}

function receive(request: IncomingMessage): Promise<Received> {
  const received: Received = { headers: request.headers, fields: {}, files: [] };
  const form = new Busboy({
    headers: request.headers as IncomingHttpHeaders & { 'content-type': string },
    preservePath: true,
  });
  form.on('field', (name, value) => (received.fields[name] = value));
  form.on('file', (field, stream, name, _encoding, type) => {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => received.files.push({ field, name, type, text: Buffer.concat(parts).toString() }));
  });
  return new Promise((resolve, reject) => {
    form.on('finish', () => resolve(received)).on('error', reject);
    request.pipe(form);
  });
}

async function serveUploads() {
  const seen: Received[] = [];
  const url = await serve((request, response) => {
    void receive(request).then((received) => {
      seen.push(received);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wireJob()));
    });
  });
  return { client: clientOf(url), seen };
}

test('a template and its files, with a length where all sizes are known', async () => {
  const { client, seen } = await serveUploads();
  const job = await client.createJob({ templateId: 'hi_res' }, [file('a.txt', 'first'), file('b.txt', 'second')]);
  expect(job.status).toBe('IN_PROGRESS');
  expect(seen[0]?.fields).toEqual({ request_data: '{"template_id":"hi_res"}' });
  expect(seen[0]?.files).toEqual([
    { field: 'input_files', name: 'a.txt', type: 'text/plain', text: 'first' },
    { field: 'input_files', name: 'b.txt', type: 'text/plain', text: 'second' },
  ]);
  expect(Number(seen[0]?.headers['content-length'])).toBeGreaterThan(0);
});

test('nodes are passed through, and an unknown size goes out in chunks', async () => {
  const { client, seen } = await serveUploads();
  await client.createJob({ jobNodes: [{ type: 'partition' }] }, [{ ...file('a.txt', 'text'), bytes: undefined }]);
  expect(seen[0]?.fields).toEqual({ request_data: '{"job_nodes":[{"type":"partition"}]}' });
  expect(seen[0]?.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
  expect(seen[0]?.files[0]?.text).toBe('text');
});

test('a run of a workflow takes files without request data', async () => {
  const { client, seen } = await serveUploads();
  await client.runWorkflow('0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c', [file('a.txt', 'x')]);
  expect(seen[0]).toMatchObject({ fields: {}, files: [{ name: 'a.txt' }] });
});

test('a name can not break out of its header', async () => {
  const { client, seen } = await serveUploads();
  await client.createJob({ templateId: 't' }, [file('"\r\nX: 1\r\n\r\n ü😀.txt', 'x')]);
  const name = '%22%0D%0AX: 1%0D%0A%0D%0A ü😀.txt';
  expect(seen[0]?.files).toEqual([{ field: 'input_files', name, type: 'text/plain', text: 'x' }]);
});

test.each([
  ['shorter', 5],
  ['longer', 2],
])('a file that is %s than it said fails the call, and says so', async (_, bytes) => {
  const { client } = await serveUploads();
  const error = await errorOf(client.createJob({ templateId: 't' }, [file('a.txt', 'abc', bytes)]));
  expect(error.message).toBe(
    `The file a.txt could not be read to its end: its length is not the promised ${bytes} bytes`,
  );
  expect(error.details).toEqual({ kind: 'connection', incomplete: true });
});

test("what a file's own stream fails with comes out as it is", async () => {
  const { client } = await serveUploads();
  const failure = new Error('the disk is gone');
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    throw failure;
  }
  const broken = { ...file('a.txt', 'abc'), stream: failing };
  await expect(client.createJob({ templateId: 't' }, [broken])).rejects.toBe(failure);
});

test('no more is read than the peer takes', async () => {
  const url = await serve(() => undefined); // never reads
  let produced = 0;
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      produced += 65_536;
      yield Buffer.alloc(65_536);
    }
  }
  const big = { name: 'a', contentType: 'x/y', bytes: undefined, stream: endless };
  const error = await errorOf(clientOf(url).createJob({ templateId: 't' }, [big], { timeoutMs: 1_000 }));
  expect(error.type).toBe('UnstructuredTimeoutError');
  expect(produced).toBeLessThan(32 * 1_024 * 1_024);
});

test('a start of nothing is refused before anything is sent', async () => {
  const { client, seen } = await serveUploads();
  for (const template of [{ templateId: '' }, { jobNodes: [] }])
    await expect(client.createJob(template, [])).rejects.toThrow('createJob needs { templateId } or { jobNodes }');
  await client.createJob({ templateId: 't' }, [file('a.txt', 'x')]);
  expect(seen, 'only what came after them').toHaveLength(1);
});

test('a file is sent whole and with its length, in whatever form its bytes come', async () => {
  const { client, seen } = await serveUploads();
  const { buffer } = Uint8Array.from(Buffer.from('abcd'));
  const pieces = ['ü', buffer, new Uint16Array(buffer, 2), new DataView(buffer, 1, 2)];
  // eslint-disable-next-line @typescript-eslint/require-await
  const stream = async function* () {
    yield* pieces as unknown[] as Uint8Array[];
  };
  const text = 'üabcdcdbc';
  await client.createJob({ templateId: 'a' }, [{ ...file('a.txt', text), stream }]);
  expect(seen[0]?.files.map((one) => one.text)).toEqual([text]);
});

test('a file that comes as no bytes is not sent', async () => {
  const { client, seen } = await serveUploads();
  // eslint-disable-next-line @typescript-eslint/require-await
  const stream = async function* () {
    yield* [Buffer.from('a'), { odd: true } as unknown as Uint8Array];
  };
  const error = await errorOf(client.createJob({ templateId: 'a' }, [{ ...file('a.txt', 'a', undefined), stream }]));
  expect(error.message).toContain('its content must come as bytes; got object');
  expect(error.details).toMatchObject({ incomplete: true });
  expect(seen).toEqual([]);
});

// What sources and sinks of users yield: all bytes arrive, in whatever form, and what is no bytes is refused, never left out.
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { OutputSink } from '../../src/storage/sink';
import type { OpenDocument } from '../../src/storage/source';
import { Storage } from '../../src/storage/storage';
import { refusalOf, signal } from './support';

const BYTES = Buffer.from('aü12345678');
const alone = () => Uint8Array.from(BYTES.subarray(3, 7));

const FORMS: [string, unknown][] = [
  ['bytes', BYTES],
  ['a view of a part of a buffer', BYTES.subarray(3, 7)],
  ['a buffer', alone().buffer],
  ['a shared buffer', new Uint8Array(new SharedArrayBuffer(4)).fill(49).buffer],
  ['a view of larger items', new Uint16Array(alone().buffer)],
  ['a view of a part of a buffer, of larger items', new Uint16Array(Uint8Array.from(BYTES).buffer, 2, 2)],
  ['a view of data', new DataView(BYTES.buffer, BYTES.byteOffset + 3, 4)],
  ['a text', 'aü'],
  ['nothing', new Uint8Array()],
];

function bytesIn(form: unknown): Buffer {
  if (typeof form === 'string') return Buffer.from(form);
  return ArrayBuffer.isView(form)
    ? Buffer.from(form.buffer, form.byteOffset, form.byteLength)
    : Buffer.from(form as ArrayBuffer);
}

/** A body that yields these, and counts how often it was ended. */
function bodyOf(...pieces: unknown[]) {
  const ended = { times: 0 };
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of pieces) yield await Promise.resolve(piece as Uint8Array);
    } finally {
      ended.times++;
    }
  }
  return { body, ended };
}

function openedBy(document: OpenDocument) {
  const source = { open: () => Promise.resolve(document) };
  return new Storage({ documents: { sources: { mem: source } } }).openDocument('mem:/a.pdf', { signal, maxBytes: 100 });
}

function recordBy(read: OutputSink['read'], maxBytes = 100) {
  const unused = () => Promise.reject(new Error('not asked for'));
  const storage = new Storage({ outputs: { sinks: { mem: { find: unused, store: unused, read } } } });
  return storage.readRecord('mem:/out', 'plan.json', { signal, maxBytes });
}

test.each(FORMS)('of a document or a record that comes as %s, all bytes arrive', async (_, form) => {
  const { body } = bodyOf('<', form, form, '>');
  const whole = Buffer.concat([Buffer.from('<'), bytesIn(form), bytesIn(form), Buffer.from('>')]);
  const document = await openedBy({ bytes: undefined, stream: body });
  expect(await buffer(document.stream())).toEqual(whole);
  expect(await recordBy(() => Promise.resolve(body()))).toEqual(whole);
  await expect(recordBy(() => Promise.resolve(body()), whole.length - 1)).rejects.toThrow('is larger than');
});

test.each([
  [{ chunk: 'x' }, 'object'],
  [[1, 2], 'an array'],
  [null, 'null'],
  [7, 'number'],
])('a document or a record that comes as %j is refused, and its body is ended', async (piece, kind) => {
  const { body, ended } = bodyOf('<', piece, '>');
  const document = await openedBy({ bytes: 3, stream: body });
  expect(await refusalOf(buffer(document.stream()))).toMatchObject({
    reason: 'notReadable',
    message: `Document mem:/a.pdf was refused: its content must come as bytes; got ${kind}`,
  });
  await expect(recordBy(() => Promise.resolve(body()))).rejects.toMatchObject({
    name: 'UnstructuredStorageError',
    message: `Record plan.json of mem:/out can't be read: its content must come as bytes; got ${kind}`,
    retryable: false,
  });
  expect(ended.times).toBe(2);
});

test('a document that is left in its midst is ended, and one that is an object of a class is closed by its method', async () => {
  const { body, ended } = bodyOf('a', 'b');
  let closed = 0;
  class Opened implements OpenDocument {
    get bytes() {
      return 2;
    }
    stream = body;
    close() {
      closed++;
      return Promise.resolve();
    }
  }
  const document = await openedBy(new Opened());
  for await (const piece of document.stream()) {
    expect(String(Buffer.from(piece))).toBe('a');
    break;
  }
  await document.close?.();
  expect([document.bytes, ended.times, closed]).toEqual([2, 1, 1]);
});

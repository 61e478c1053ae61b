// What stands for bytes, and what does not.
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { inBytes, toBytes } from '../../src/core/bytes';

const of = (...bytes: number[]) => Uint8Array.from(bytes);
const elsewhere = (code: string): unknown => runInNewContext(code);

it.each<[string, unknown, Uint8Array]>([
  ['bytes', of(1, 2), of(1, 2)],
  ['a text', 'ü', of(0xc3, 0xbc)],
  ['a buffer', of(1, 2).buffer, of(1, 2)],
  ['a shared buffer', new SharedArrayBuffer(2), of(0, 0)],
  ['larger items in a part of a buffer', new Uint16Array(of(9, 9, 1, 2, 9, 9).buffer, 2, 1), of(1, 2)],
  ['data in a part of a buffer', new DataView(of(9, 1, 2, 9).buffer, 1, 2), of(1, 2)],
  ['bytes of another realm', elsewhere('Uint8Array.from([1, 2])'), of(1, 2)],
  ['a buffer of another realm', elsewhere('Uint8Array.from([1, 2]).buffer'), of(1, 2)],
])('takes %s for bytes', (_, value, bytes) => {
  expect([...(toBytes(value) ?? [])]).toEqual([...bytes]);
});

it.each([null, undefined, 7, [1], { length: 1 }, { [Symbol.toStringTag]: 'ArrayBuffers' }])(
  'takes %o for none',
  (value) => expect(toBytes(value)).toBeUndefined(),
);

it('ends a body that yields no bytes, and one that its reader leaves, if it can be ended', async () => {
  let ended = 0;
  const yielding = (value: unknown, isEndable: boolean): AsyncIterable<unknown> => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value }),
      ...(isEndable && { return: () => Promise.resolve({ done: true, value: ended++ }) }),
    }),
  });
  const first = async (body: AsyncIterable<unknown>) => {
    for await (const piece of inBytes(body, (why) => new Error(why))) return piece;
    return undefined;
  };
  for (const isEndable of [true, false]) {
    expect(await first(yielding(of(1), isEndable))).toEqual(of(1));
    await expect(first(yielding(1, isEndable))).rejects.toThrow('its content must come as bytes; got number');
  }
  expect(ended).toBe(2);
});

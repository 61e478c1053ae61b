import { isAnyArrayBuffer } from 'node:util/types';
import { kindOf } from '../core/values';

/**
 * A body of a user's source or sink, in bytes. Besides bytes, it may yield other views of a buffer, a buffer, or a text, which stands for its UTF-8
 * bytes.
 * @param refuse Creates the error for any other value
 */
export function inBytes(body: AsyncIterable<unknown>, refuse: (why: string) => Error): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const pieces = body[Symbol.asyncIterator]();
      const end = async (): Promise<IteratorReturnResult<undefined>> => {
        await pieces.return?.();
        return { done: true, value: undefined };
      };
      return {
        return: end,
        async next() {
          const { done, value } = await pieces.next();
          if (done === true) return { done, value: undefined };
          const bytes = toBytes(value);
          if (bytes) return { done: false, value: bytes };
          await end();
          throw refuse(`its content must come as bytes; got ${kindOf(value)}`);
        },
      };
    },
  };
}

function toBytes(piece: unknown): Uint8Array | undefined {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === 'string') return Buffer.from(piece);
  if (ArrayBuffer.isView(piece)) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  return isAnyArrayBuffer(piece) ? Buffer.from(piece) : undefined;
}

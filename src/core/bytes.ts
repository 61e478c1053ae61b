import { kindOf } from './values';

/**
 * A body that a user's code yields, in bytes. Besides bytes, it may yield what {@link toBytes} takes.
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
          const piece: IteratorResult<unknown, unknown> = await pieces.next();
          if (piece.done === true) return { done: true, value: undefined };
          const bytes = toBytes(piece.value);
          if (bytes) return { done: false, value: bytes };
          await end();
          throw refuse(`its content must come as bytes; got ${kindOf(piece.value)}`);
        },
      };
    },
  };
}

/** The bytes of a text in UTF-8, of a buffer, or of any view of one; undefined for any other value. */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return isBuffer(value) ? new Uint8Array(value) : undefined;
}

/** By its name: a buffer of another realm, as in some test runners, is not an `instanceof ArrayBuffer`. */
function isBuffer(value: unknown): value is ArrayBuffer {
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}

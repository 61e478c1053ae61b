import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { s3Error } from './errors';

export function bodyStream({ Body: body }: GetObjectCommandOutput): AsyncIterable<Uint8Array> {
  return (body ?? Readable.from([])) as AsyncIterable<Uint8Array>;
}

/** Discards an unread body, and releases its connection. */
export function destroyBody({ Body: body }: GetObjectCommandOutput): void {
  const stream = body as { on?: (name: string, told: () => void) => void; destroy?: () => void } | undefined;
  stream?.on?.('error', () => undefined);
  stream?.destroy?.();
}

/** Passes a body on, and fails if it ends early, because the client does not notice that. */
export async function* exactly(length: number, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of body) {
    read += piece.length;
    yield piece;
  }
  if (read !== length) throw new Error(`It ended after ${read} of ${length} bytes`);
}

/** Passes a body on. If it fails, the error is converted as `s3Error` does. */
export async function* withS3Errors(body: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw s3Error(error, what);
  }
}

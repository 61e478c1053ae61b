import { toBytes } from '../core/bytes';
import { invalidInput } from '../core/errors';
import { isObject, kindOf } from '../core/values';
import { BODY_USED, UnstructuredWebhookError } from './webhook-error';

/** A delivery has only a few hundred bytes. */
const MAX_BODY_BYTES = 256 * 1_024;

/** The bytes of a request's body. @throws UnstructuredWebhookError if it was read before, is too large, or breaks off */
export async function readBody(request: Request): Promise<Uint8Array> {
  if (request.bodyUsed || request.body?.locked) throw new UnstructuredWebhookError('bodyUsed', BODY_USED);
  if (request.body === null) return new Uint8Array();
  const reader = (request.body as ReadableStream<unknown>).getReader();
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new UnstructuredWebhookError('brokenOff', 'The body broke off.', { cause });
    });
    if (done) return Buffer.concat(chunks);
    const chunk = bytesOf(value);
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) {
      void reader.cancel().catch(() => undefined); // the rest is not read
      throw new UnstructuredWebhookError('tooLarge', `The body has more than ${MAX_BODY_BYTES} bytes.`);
    }
  }
}

/**
 * The bytes of a body, or of a piece of it.
 * @throws UnstructuredWebhookError for an object, which is what a parser made of the body
 * @throws UnstructuredValidationError for any other value
 */
export function bytesOf(body: unknown): Uint8Array {
  const bytes = toBytes(body);
  if (bytes) return bytes;
  if (isObject(body)) throw new UnstructuredWebhookError('bodyUsed', BODY_USED);
  throw invalidInput(`The body of a delivery must be its bytes or their text; got ${kindOf(body)}.`);
}

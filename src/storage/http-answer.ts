import type { Refusal } from '../core/refusal';
import { readRetryAfter } from '../network/retry-after';
import { type StorageAnswer, UnstructuredStorageError } from '../core/storage-error';
import { readBodyCodings } from '../network/content-coding';
import type { RawAnswer } from '../network/get';
import { kindOfAnswer } from './error-kinds';

export type Body = RawAnswer['body'];
type Headers = RawAnswer['headers'];

/** Creates the error that refuses a document. */
export type Refuse = (reason: Refusal, why: string, answer?: StorageAnswer) => Error;

/** How much of an answer that is not a document is read, to find its error code. */
const ERROR_BYTES = 4_096;

/** Headers in which storage services and their proxies send a request id, best first. */
const STORAGE_ID_HEADERS = [
  'x-amz-request-id',
  'x-ms-request-id',
  'x-guploader-uploadid',
  'x-request-id',
  'x-amz-cf-id',
];

/** @throws the error of `refuse` if the answer is not a document; UnstructuredStorageError if a retry may help */
export async function requireDocument({ status, headers, body }: RawAnswer, refuse: Refuse): Promise<void> {
  if (status === 200) {
    try {
      readBodyCodings(headers);
      return;
    } catch (error) {
      discard(body);
      throw refuse('notReadable', (error as Error).message);
    }
  }
  const answer: StorageAnswer = { status, ...codeIn(headers, await readBegin(body)), ...requestIdIn(headers) };
  if (status === 404 || status === 410) throw refuse('notFound', 'its server does not have it', answer);
  if (kindOfAnswer(status, answer.code) === 'lasting')
    throw refuse('notReadable', `its server answered ${status}`, answer);
  const retryAfterMs = readRetryAfter(headers, Date.now());
  const hint = retryAfterMs !== undefined && { retryAfterMs };
  throw new UnstructuredStorageError(`its server answered ${status}`, { kind: 'passing', ...answer, ...hint });
}

/** The announced length in bytes; undefined if the answer has none. */
export function readLength(headers: Headers): number | undefined {
  const [text = ''] = [headers['content-length']].flat();
  const length = /^\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(length) ? length : undefined;
}

/**
 * Whether a second answer can continue the first one, which broke off after `from` bytes. Both must have the same length. If bytes were passed on, an
 * ETag or a date must also show that both are of the same document.
 */
export function canContinue(one: Headers, two: Headers, from: number): boolean {
  const equal = (name: string) => String(one[name]) === String(two[name]);
  const isTold = ['etag', 'last-modified'].some((name) => one[name] !== undefined && equal(name));
  const isFramed = ['content-length', 'content-encoding', 'transfer-encoding'].every(equal);
  return isFramed && (from === 0 || (isTold && equal('etag')));
}

/** The first bytes of a body as text. The rest is discarded. */
async function readBegin(body: Body): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if ((size += piece.length) >= ERROR_BYTES) break;
    }
  } catch {
    // The status alone is enough.
  }
  return Buffer.concat(pieces).subarray(0, ERROR_BYTES).toString();
}

/** The error code that a storage service sends in a header, or in XML. */
function codeIn(headers: Headers, text: string): Pick<StorageAnswer, 'code'> {
  const code = headers['x-ms-error-code'] ?? /<Code>([\w.]{1,64})<\/Code>/.exec(text)?.[1];
  return typeof code === 'string' ? { code } : {};
}

function requestIdIn(headers: Headers): Pick<StorageAnswer, 'requestId'> {
  const id = STORAGE_ID_HEADERS.map((name) => headers[name]).find((value) => typeof value === 'string');
  return typeof id === 'string' ? { requestId: id } : {};
}

/** Discards the rest of a body, and its connection. */
export function discard(body: Body): void {
  body.on('error', () => undefined).destroy();
}

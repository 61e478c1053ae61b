import { setTimeout } from 'node:timers/promises';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { UnstructuredDocumentRefusedError } from '../../core/document';
import type { Refusal } from '../../core/refusal';
import type { ListedPage } from '../../core/listing';
import type { DocumentDescription } from '../../core/reference';
import { bareMessage, type UnstructuredStorageError } from '../../core/storage-error';
import { type ContentCoding, readContentCodings } from '../../network/content-coding';
import { CannotReconnect, decoded, reconnecting, withoutFirst } from '../open-stream';
import { paced } from '../paced';
import type { DocumentSource, ListingOptions, OpenDocument } from '../source';
import { bodyStream, destroyBody, exactly, withS3Errors } from './body';
import { PROVIDER_CODES, s3CodeOf, s3Error, s3RequestError, readStatus } from './errors';
import { listKeys } from './list';
import { checkS3Options, isAllowed, parsePlace, type S3Options, type S3Place } from './place';

/** How much of an object is read and kept before its turn. After that, it holds none of the client's connections, which are few. */
const HELD_BYTES = 64 * 1_024;

const PAUSE_MS = 500;

/** Begins the message of an error. */
const UNREAD = 'it could not be read';

/**
 * Reads documents from buckets of S3 or of an S3-compatible server: `s3://bucket/key`, with the key as written.
 *
 * @example
 * documents: { sources: { s3: new S3Source({ client: new S3Client({ region: 'eu-central-1' }), allowed: ['s3://inbox/'] }) } }
 */
export class S3Source implements DocumentSource {
  readonly #client: S3Client;
  readonly #allowed: readonly string[];

  /** @throws UnstructuredValidationError naming the option and the value */
  constructor(options: S3Options) {
    const { client, allowed } = checkS3Options(options);
    this.#client = client;
    this.#allowed = allowed;
  }

  /**
   * The name is the last part of the key, not decoded. The form that may be shown follows the rules of the scheme, since a key may contain
   * a presigned link.
   */
  describe(ref: string): DocumentDescription {
    const place = parsePlace(ref);
    return place ? { name: place.key.slice(place.key.lastIndexOf('/') + 1), identity: ref } : {};
  }

  async open(ref: string, { signal }: { signal: AbortSignal }): Promise<OpenDocument> {
    const refuse = (reason: Refusal, why: string) => new UnstructuredDocumentRefusedError(ref, reason, why);
    const place = parsePlace(ref);
    if (!place?.key || place.key.endsWith('/')) throw refuse('malformed', 'it is not of the form s3://bucket/key');
    if (!isAllowed(place, this.#allowed)) throw refuse('folderNotAllowed', 'it is not under an allowed prefix');
    const get = (from?: number) =>
      this.#get(place, signal, from).catch(async (error: unknown) => {
        if (from !== undefined && readStatus(error) === 416) throw changed(); // it is shorter now
        throw toSourceError(ref, error, await s3RequestError(this.#client, error, UNREAD));
      });
    const answer = await get();
    return documentOf(answer, readCodings(answer, refuse), get, signal);
  }

  /** Lists the objects below a prefix, in the order of their keys. Needs the right to list the bucket. */
  list(from: string, options: ListingOptions): AsyncGenerator<ListedPage> {
    return listKeys(this.#client, this.#allowed, from, options);
  }

  async #get(place: S3Place, signal: AbortSignal, from?: number): Promise<GetObjectCommandOutput> {
    const range = from !== undefined && { Range: `bytes=${from}-` };
    const get = new GetObjectCommand({ Bucket: place.bucket, Key: place.key, ...range });
    return await this.#client.send(get, { abortSignal: signal });
  }
}

/** @param get Requests the object from a given byte on */
async function documentOf(
  answer: GetObjectCommandOutput,
  codings: readonly ContentCoding[],
  get: (from: number) => Promise<GetObjectCommandOutput>,
  signal: AbortSignal,
): Promise<OpenDocument> {
  const { ContentLength: length = 0, ContentType: contentType, ETag: etag } = answer;
  const head = await readHead(bodyStream(answer), length).catch((error: unknown) => {
    throw s3Error(error, UNREAD);
  });
  const again = async (from: number) => {
    const next = await get(from);
    const start = rangeStart(next); // 0 if the server ignores ranges
    const isSame = next.ETag === etag && totalBytes(next) === length;
    if (isSame && start <= from) {
      const body = paced(withS3Errors(bodyStream(next), UNREAD), () => destroyBody(next));
      return withoutFirst(from - start, body);
    }
    destroyBody(next);
    throw changed();
  };
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    if (head.length < length) yield* await again(head.length);
  };
  const pause = (failures: number) => setTimeout(PAUSE_MS * failures, undefined, { signal });
  return {
    bytes: codings.length > 0 && length > 0 ? undefined : length,
    ...(contentType !== undefined && { contentType }),
    stream: () => decoded(exactly(length, reconnecting(all(), again, pause)), codings),
  };
}

function changed(): CannotReconnect {
  return new CannotReconnect(new Error('It changed since it was found'));
}

/** The first bytes of a body. The rest is discarded. */
async function readHead(body: AsyncIterable<Uint8Array>, length: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size > HELD_BYTES) break;
  }
  if (size < length && size <= HELD_BYTES) throw new Error(`it ended after ${size} of ${length} bytes`);
  return Buffer.concat(pieces, size);
}

/** The position at which a part of an object begins. */
function rangeStart({ ContentRange: range }: GetObjectCommandOutput): number {
  return Number(/^bytes (\d+)-/.exec(range ?? '')?.[1] ?? 0);
}

/** If a server does not report the total length, the part is assumed to be the whole rest. */
function totalBytes(part: GetObjectCommandOutput): number {
  const total = /\/(\d+)$/.exec(part.ContentRange ?? '')?.[1];
  return total === undefined ? rangeStart(part) + (part.ContentLength ?? NaN) : Number(total);
}

/** @throws the error of `refuse` if the object is not known to be complete, or cannot be decoded */
function readCodings(
  answer: GetObjectCommandOutput,
  refuse: (reason: Refusal, why: string) => Error,
): readonly ContentCoding[] {
  try {
    if (answer.ContentLength === undefined) throw new Error('its server does not report its length');
    if (answer.ETag === undefined) throw new Error('its server sends no ETag, so a change could not be noticed');
    return readContentCodings(answer.ContentEncoding);
  } catch (error) {
    destroyBody(answer);
    throw refuse('notReadable', (error as Error).message);
  }
}

/** Refuses an object that does not exist or may not be read, and a missing credential. Other errors are returned as they are. */
function toSourceError(ref: string, error: unknown, told: UnstructuredStorageError): Error {
  const isGone = readStatus(error) === 404 || ['NoSuchKey', 'NoSuchBucket'].includes(s3CodeOf(error) ?? '');
  const { kind, code = '' } = told.details;
  if (isGone) return new UnstructuredDocumentRefusedError(ref, 'notFound', 'there is no such object', told.details);
  if (kind === 'passing' || (kind === 'credential' && !PROVIDER_CODES.has(code))) return told;
  return new UnstructuredDocumentRefusedError(ref, 'notReadable', bareMessage(told), told.details);
}

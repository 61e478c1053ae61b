import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { shownRef } from '../../core/reference';
import { isStorageError, UnstructuredStorageError } from '../../core/storage-error';
import { noteFailure } from '../note-failure';
import type { OutputSink, OutputTarget, StoredOutput } from '../sink';
import { bodyStream, destroyBody, exactly, withS3Errors } from './body';
import { retryableByDefault, s3CodeOf, s3RequestError } from './errors';
import { isListed } from './list';
import { checkS3Options, isAllowed, parsePlace, type S3Options, type S3Place } from './place';

/** The smallest part that S3 accepts. An upload holds one part in memory. */
const PART_BYTES = 5 * 1_024 * 1_024;

/** Longest key that S3 accepts. */
const MAX_KEY_BYTES = 1_024;

/**
 * Stores outputs in buckets of S3 or of an S3-compatible server: `to: 's3://bucket/folder/'`. An object appears complete or not at all.
 *
 * @example
 * outputs: { sinks: { s3: new S3Sink({ client: new S3Client({ region: 'eu-central-1' }), allowed: ['s3://parsed/'] }) } }
 */
export class S3Sink implements OutputSink {
  readonly #client: S3Client;
  readonly #allowed: readonly string[];

  /** @throws UnstructuredValidationError naming the option and the value */
  constructor(options: S3Options) {
    const { client, allowed } = checkS3Options(options);
    this.#client = client;
    this.#allowed = allowed;
  }

  check(to: string): void {
    this.#place({ to, name: '' });
  }

  canStore(target: Pick<OutputTarget, 'to' | 'name'>): boolean {
    return Buffer.byteLength(this.#place(target).key) <= MAX_KEY_BYTES;
  }

  /** Reads the stored object again to compute its hash, which is not stored with it. */
  async find(target: OutputTarget, { signal }: { signal: AbortSignal }): Promise<StoredOutput | undefined> {
    const place = this.#place(target);
    // An object that may not be read is stored again. If the place is really forbidden, storing fails.
    const body = await this.#get(place, signal).catch((error: unknown) => {
      if (isForbidden(error)) return undefined;
      throw error;
    });
    // Without the length, a truncated object would count as stored completely.
    if (!body || body === 'unmeasured') return undefined;
    const digest = new Digest();
    await digest.drain(body);
    return { location: formatPlace(place), ...digest.result() };
  }

  /**
   * Without the right to list a bucket, S3 answers `AccessDenied` for a missing object. A batch whose plan counts as missing starts its jobs again.
   * So an object only counts as missing if S3 says so, or if its bucket's list lacks it.
   */
  async read(
    target: Pick<OutputTarget, 'to' | 'name'>,
    { signal }: { signal: AbortSignal },
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const place = this.#place(target);
    const body = await this.#get(place, signal).catch(async (error: unknown) => {
      const isDenied = isStorageError(error) && error.details.code === 'AccessDenied';
      if (!isDenied || (await this.#isListed(place, signal))) throw error;
      return undefined;
    });
    if (body !== 'unmeasured') return body;
    const why = `Output ${formatPlace(place)} could not be looked for: its server does not report its length`;
    throw new UnstructuredStorageError(why, { kind: 'lasting' });
  }

  /** Reads the object; undefined if there is none. */
  async #get(place: S3Place, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | 'unmeasured' | undefined> {
    const why = `Output ${formatPlace(place)} could not be looked for`;
    try {
      const get = new GetObjectCommand({ Bucket: place.bucket, Key: place.key });
      const answer = await this.#client.send(get, { abortSignal: signal });
      const { ContentLength: length } = answer;
      if (length !== undefined) return withS3Errors(exactly(length, bodyStream(answer)), why);
      destroyBody(answer);
      return 'unmeasured';
    } catch (error) {
      if (s3CodeOf(error) === 'NoSuchKey') return undefined;
      throw retryableByDefault(await s3RequestError(this.#client, error, why));
    }
  }

  async #isListed(place: S3Place, signal: AbortSignal): Promise<boolean> {
    try {
      return await isListed(this.#client, place, signal);
    } catch (error) {
      signal.throwIfAborted();
      const why = `Whether there is an output ${formatPlace(place)} can't be told without the right to read it (s3:GetObject), or to list its bucket (s3:ListBucket)`;
      throw retryableByDefault(await s3RequestError(this.#client, error, why));
    }
  }

  async store(
    target: OutputTarget,
    body: AsyncIterable<Uint8Array>,
    { signal }: { signal: AbortSignal },
  ): Promise<StoredOutput> {
    const { bucket, key } = this.#place(target);
    const digest = new Digest();
    let bodyFailure: { error: unknown } | undefined;
    const noted = noteFailure(body, (error) => (bodyFailure = { error }));
    const source = Readable.from(digest.through(noted), { objectMode: false });
    const upload = new Upload({
      client: this.#client,
      params: { Bucket: bucket, Key: key, Body: source, ContentType: target.contentType },
      partSize: PART_BYTES,
      queueSize: 1,
    });
    const stop = () => void upload.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      await upload.done();
      return { location: formatPlace({ bucket, key }), ...digest.result() };
    } catch (error) {
      signal.throwIfAborted();
      if (bodyFailure) throw bodyFailure.error; // thrown unchanged
      throw retryableByDefault(
        await s3RequestError(this.#client, error, `Target ${shownRef(target.to)} accepted no output`),
      );
    } finally {
      signal.removeEventListener('abort', stop);
      source.destroy();
    }
  }

  #place({ to, name }: Pick<OutputTarget, 'to' | 'name'>): S3Place {
    const place = parsePlace(to.endsWith('/') ? to : `${to}/`);
    if (place && isAllowed(place, this.#allowed)) return { bucket: place.bucket, key: place.key + name };
    throw new UnstructuredStorageError(`Target ${shownRef(to)} is not under an allowed prefix of the sink`, {
      kind: 'lasting',
    });
  }
}

/** Counts and hashes the bytes that pass. */
class Digest {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  async *through(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#count(chunk);
      yield chunk;
    }
  }

  async drain(body: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of body) this.#count(chunk);
  }

  #count(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  result(): { bytes: number; sha256: string } {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/** Whether the storage, or a proxy, refuses a request for a reason other than the credential. */
function isForbidden(error: unknown): boolean {
  if (!isStorageError(error)) return false;
  const { status, code, kind } = error.details;
  return status === 403 && kind !== 'credential' && (kind === 'lasting' || code === undefined);
}

function formatPlace({ bucket, key }: S3Place): string {
  return `s3://${bucket}/${key}`;
}

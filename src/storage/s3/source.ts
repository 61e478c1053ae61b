import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { Refusal } from '../../core/document';
import { UnstructuredDocumentRefusedError } from '../../core/errors';
import type { DocumentSource, OpenDocument } from '../source';
import { checkS3Options, isAllowed, placeOf, type S3Options, type S3Place, statusOf } from './place';

/**
 * Documents in buckets of S3 or of a server that speaks its protocol: `s3://bucket/key`, the key as it is.
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

  async open(ref: string, { signal }: { signal: AbortSignal }): Promise<OpenDocument> {
    const refuse = (reason: Refusal, why: string) => new UnstructuredDocumentRefusedError(ref, reason, why);
    const place = placeOf(ref);
    if (!place?.key || place.key.endsWith('/')) throw refuse('malformed', 'it is no s3://bucket/key');
    if (!isAllowed(place, this.#allowed)) throw refuse('folderNotAllowed', 'it is under none of the allowed prefixes');
    const head = await this.#head(place, signal).catch((error: unknown) => {
      const status = statusOf(error);
      if (status === 404) throw refuse('notFound', 'there is no such object');
      if (status === 403) throw refuse('notReadable', 'this worker may not read it');
      throw error;
    });
    // Without it, an object whose transfer was cut may pass for whole.
    if (head.ContentLength === undefined) throw refuse('notReadable', 'its server does not tell its length');
    return this.#documentOf(place, head, signal);
  }

  #head({ bucket, key }: S3Place, signal: AbortSignal): Promise<HeadObjectCommandOutput> {
    return this.#client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
  }

  #documentOf(
    { bucket, key }: S3Place,
    { ContentLength: bytes, ContentType: contentType, ETag: etag }: HeadObjectCommandOutput,
    signal: AbortSignal,
  ): OpenDocument {
    const client = this.#client;
    return {
      bytes,
      ...(contentType !== undefined && { contentType }),
      async *stream() {
        // An object that was replaced since is refused by the server, not mixed up.
        const get = new GetObjectCommand({ Bucket: bucket, Key: key, ...(etag !== undefined && { IfMatch: etag }) });
        const { Body: body } = await client.send(get, { abortSignal: signal });
        if (body) yield* body as unknown as AsyncIterable<Uint8Array>;
      },
    };
  }
}

import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ListedEntry, ListedPage } from '../../core/listing';
import { shownRef } from '../../core/reference';
import { UnstructuredStorageError } from '../../core/storage-error';
import type { ListingOptions } from '../source';
import { s3RequestError } from './errors';
import { isAllowed, isAmbiguousKey, parsePlace, type S3Place } from './place';

type Listed = NonNullable<ListObjectsV2CommandOutput['Contents']>[number];

/**
 * Lists the keys below a folder of objects, one page for each answer. Keys that end with `/` stand for folders and are not entries.
 *
 * @throws UnstructuredStorageError
 */
export async function* listKeys(
  client: S3Client,
  allowed: readonly string[],
  from: string,
  { after, signal }: ListingOptions,
): AsyncGenerator<ListedPage> {
  const refuse = (why: string) =>
    new UnstructuredStorageError(`Folder ${shownRef(from)} can't be listed: ${why}`, { kind: 'lasting' });
  const place = parsePlace(from.endsWith('/') ? from : `${from}/`);
  if (!place) throw refuse('it is not of the form s3://bucket/folder/');
  if (!isAllowed(place, allowed)) throw refuse('it is not under an allowed prefix');
  let last = after === undefined ? undefined : place.key + after;
  let token: string | undefined;
  do {
    const answer = await ask(client, place, { token, last, signal }).catch(async (error: unknown) => {
      signal.throwIfAborted();
      throw await s3RequestError(client, error, `Folder ${shownRef(from)} could not be listed`);
    });
    const entries: ListedEntry[] = [];
    for (const object of answer.Contents ?? []) {
      const key = keyOf(object, answer);
      if (
        key === undefined ||
        !key.startsWith(place.key) ||
        (last !== undefined && Buffer.compare(Buffer.from(key), Buffer.from(last)) <= 0)
      )
        throw refuse(
          'its server lists keys in no fixed order, so that some could be listed twice, and some not at all',
        );
      last = key;
      if (!key.endsWith('/')) entries.push(toEntry(object, key, place));
    }
    if (entries.length > 0) yield { entries };
    token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    if (answer.IsTruncated === true && token === undefined)
      throw refuse('its server sent a page without the token of the next one');
  } while (token !== undefined);
}

/** Whether the list of a bucket has an object. @throws an error of the SDK */
export async function isListed(client: S3Client, { bucket, key }: S3Place, signal: AbortSignal): Promise<boolean> {
  const where = { token: undefined, last: undefined, signal };
  const answer = await ask(client, { bucket, key }, where);
  return (answer.Contents ?? []).some((object) => keyOf(object, answer) === key);
}

/** Asks for encoded keys, because XML cannot hold every character that a key can. Some servers ignore this. */
function ask(
  client: S3Client,
  { bucket, key }: S3Place,
  { token, last, signal }: { token: string | undefined; last: string | undefined; signal: AbortSignal },
): Promise<ListObjectsV2CommandOutput> {
  const where = token === undefined ? { StartAfter: last } : { ContinuationToken: token };
  const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: key, EncodingType: 'url', ...where });
  return client.send(list, { abortSignal: signal });
}

/** The decoded key; undefined if the server's encoding is broken. */
function keyOf({ Key: key }: Listed, { EncodingType: encoding }: ListObjectsV2CommandOutput): string | undefined {
  if (encoding !== 'url' || key === undefined || !/[%+]/.test(key)) return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function toEntry({ Size: bytes, ETag: etag, LastModified: time }: Listed, key: string, place: S3Place): ListedEntry {
  const path = key.slice(place.key.length);
  if (isAmbiguousKey(key)) return { path, leftOut: 'badName' };
  const version = etag === undefined ? time && `${bytes ?? 0}-${time.getTime()}` : etag.replace(/^"(.*)"$/s, '$1');
  return { ref: `s3://${place.bucket}/${key}`, path, bytes, version };
}

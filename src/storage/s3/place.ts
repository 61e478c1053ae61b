import type { S3Client } from '@aws-sdk/client-s3';
import { invalidInput } from '../../core/errors';
import { refuseUnknown } from '../../core/option-rules';
import { isObject, kindOf } from '../../core/values';
import { wrong } from '../options';

/** Options of the S3 source and sink. */
export interface S3Options {
  /**
   * Client with region, endpoint and credentials. Servers other than AWS often need `forcePathStyle: true` and `requestChecksumCalculation:
   * 'WHEN_REQUIRED'`. The source or sink does not close it.
   */
  client: S3Client;
  /** Allowed buckets or prefixes, such as `s3://inbox/` or `s3://inbox/2026/`. */
  allowed: string[];
}

/** An object, or a folder of objects. Keys are used as written, without percent-encoding. */
export interface S3Place {
  bucket: string;
  key: string;
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Checks the options, and returns them with the prefixes in the form in which places are compared.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function checkS3Options(options: S3Options): S3Options {
  if (!isObject(options)) throw invalidInput(`The options of S3 must be an object; got ${kindOf(options)}.`);
  refuseUnknown('', options, ['client', 'allowed']);
  const { client, allowed } = options;
  if (typeof (client as Partial<S3Client> | undefined)?.send !== 'function')
    throw wrong('client', 'an S3Client', client);
  if (!Array.isArray(allowed)) throw wrong('allowed', 'a list of prefixes', allowed);
  const isGood = (prefix: unknown) => typeof prefix === 'string' && parsePlace(prefix) && prefix.endsWith('/');
  const bad = allowed.findIndex((prefix) => !isGood(prefix));
  if (bad >= 0) throw wrong(`allowed[${bad}]`, 'a prefix such as s3://inbox/ or s3://inbox/2026/', allowed[bad]);
  return { client, allowed: allowed.map((prefix) => prefix.replace(/^s3:/i, 's3:')) };
}

/** The bucket and key of `s3://bucket/key`. Undefined for other references, and for keys that could mislead a server that maps keys to files. */
export function parsePlace(ref: string): S3Place | undefined {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(ref) ?? [];
  return BUCKET.test(bucket) && !isAmbiguousKey(key) ? { bucket, key } : undefined;
}

/** Whether a key could mislead a server that maps keys to files. */
export function isAmbiguousKey(key: string): boolean {
  return /(^|\/)\.\.?(\/|$)|\0/.test(key);
}

export function isAllowed({ bucket, key }: S3Place, allowed: readonly string[]): boolean {
  return allowed.some((prefix) => `s3://${bucket}/${key}`.startsWith(prefix));
}

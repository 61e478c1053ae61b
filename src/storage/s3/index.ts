/**
 * Entry for documents and outputs in S3 or on an S3-compatible server. Needs the optional peers `@aws-sdk/client-s3` and
 * `@aws-sdk/lib-storage`.
 *
 * @module temporal-unstructured/s3
 */
export { S3Sink } from './sink';
export { S3Source } from './source';
export type { S3Options } from './place';

/**
 * Entry for documents and outputs in S3, or on a server that speaks its protocol. Needs the optional peers `@aws-sdk/client-s3` and
 * `@aws-sdk/lib-storage`: the vendor's own, which stream uploads of unknown length and take every compatible server as endpoint.
 *
 * @module temporal-unstructured/s3
 */
export { S3Sink } from './sink';
export { S3Source } from './source';
export type { S3Options } from './place';

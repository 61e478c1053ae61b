/** A document to process, by reference: its bytes never pass through a workflow. */
export interface DocumentInput {
  /**
   * Where the document is: a `file:` URL, an `https:` URL, or one of a scheme for which the worker has a source. The worker's configuration
   * decides what may be read. The query string, which may hold a presigned secret, reaches no failure, log or summary.
   */
  ref: string;
  /** Name under which it is uploaded. @default the last part of the reference's path */
  name?: string;
  /** Media type. @default by the name's extension, else `application/octet-stream` */
  contentType?: string;
}

/** A document as it was uploaded. */
export interface UploadedDocument {
  /** Name in the upload; the API builds the file id from it. */
  name: string;
  bytes: number;
  contentType: string;
}

/** Why a document reference was refused. Nothing was sent then. */
export const REFUSALS = [
  'malformed',
  'schemeNotAllowed',
  'folderNotAllowed',
  'originNotAllowed',
  'addressNotAllowed',
  'notFound',
  'notReadable',
  'notAFile',
  'empty',
  'tooLarge',
  'tooMany',
] as const;

export type Refusal = (typeof REFUSALS)[number];

export interface DocumentRefusedDetails {
  /** The reference without its query string and fragment. */
  ref: string;
  reason: Refusal;
}

/** A reference as failures, logs and summaries may show it: without user, query string and fragment, at most 300 characters. */
export function shownRef(ref: string): string {
  const bare = ref.split(/[?#]/, 1)[0] ?? '';
  return bare.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1').slice(0, 300);
}

/** A text about a reference, such as a library's error, without the secrets that the reference may hold: at most 300 characters. */
export function withoutSecrets(text: string, ref: string): string {
  const hidden = [/^[a-z][a-z0-9+.-]*:\/\/([^/@]+)@/i.exec(ref)?.[1], /[?#](.+)$/s.exec(ref)?.[1]];
  const clean = hidden.reduce<string>((rest, secret) => (secret ? rest.replaceAll(secret, '[hidden]') : rest), text);
  return clean.slice(0, 300);
}

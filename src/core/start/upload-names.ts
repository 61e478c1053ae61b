import type { DocumentInput } from '../document';
import { firstBytes } from '../encoded-size';
import { defaultName, readScheme } from '../reference';
import type { UploadRequest } from './request';

/** In bytes. Names of about 240 characters were seen to be too long, probably because a file system allows 255 bytes. */
const MAX_NAME = 160;

/**
 * Names under which the documents are uploaded, so that each can later be recognized by its file id. With a token, a name is
 * `<token>-<index>-<name>`. Without one, it is the document's name, with a number added if another document's file id would begin the same.
 */
export function planUploads(documents: readonly DocumentInput[], token: string | null): UploadRequest[] {
  const taken = new Set<string>();
  return documents.map(({ ref, name, contentType }, index) => {
    const plain = safeName(name ?? defaultName(ref));
    const prefix = token === null ? undefined : tokenPrefix(token, index);
    const uploadName = prefix === undefined ? free(plain, taken) : prefix + plain;
    taken.add(keptName(uploadName).toLowerCase());
    return {
      ref,
      uploadName,
      ...(prefix !== undefined && name === undefined && mayBeNamed(ref) && { prefix }),
      ...(contentType !== undefined && { contentType }),
    };
  });
}

/** Whether the worker may have a source that gives the document another name. Without a token, a file is recognized by the planned name. */
function mayBeNamed(ref: string): boolean {
  return !['file', 'http', 'https'].includes(readScheme(ref) ?? '');
}

/** A name as it is sent: short, and without characters that a multipart header must not contain. */
export function safeName(name: string): string {
  return shortened(cleaned(name));
}

/** The beginning of the file id of the document at `index`. */
export function tokenPrefix(token: string, index: number): string {
  return `${token}-${index}-`;
}

/** Stem and extension of a file name. The extension includes its dot, or is empty. */
export function splitName(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}

/** The part of a name that a file id keeps: the API drops the dots of the stem. */
export function keptName(name: string): string {
  const [stem, extension] = splitName(name);
  return stem.replaceAll('.', '') + extension;
}

/** Replaces separators, quotes, control characters and unpaired surrogates, which a name in a multipart header must not contain. */
function cleaned(name: string): string {
  const clean = name.replace(/[\p{Cc}\p{Cs}"\\/:*?<>|]+/gu, '_').trim();
  return clean.replaceAll('.', '') === '' ? 'document' : clean;
}

function shortened(name: string): string {
  const [stem, extension] = splitName(name);
  const kept = extension.length > 20 ? '' : extension;
  return firstBytes(kept === '' ? name : stem, MAX_NAME - new TextEncoder().encode(kept).length) + kept;
}

function free(name: string, taken: ReadonlySet<string>): string {
  const [stem, extension] = splitName(name);
  let candidate = name;
  for (let n = 2; taken.has(keptName(candidate).toLowerCase()); n++) candidate = `${stem}-${n}${extension}`;
  return candidate;
}

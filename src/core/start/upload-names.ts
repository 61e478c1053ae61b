import type { DocumentInput } from '../document';
import { firstBytes } from '../encoded-size';
import { defaultName, readScheme } from '../reference';
import type { UploadRequest } from './request';

/** In bytes: names of about 240 characters were seen to be too long, as for a file system, which takes 255 bytes. */
const MAX_NAME = 160;

/**
 * Names to upload the documents under, so that each can be recognized by its file id later: with a token `<token>-<index>-<name>`, without one
 * the name, and a number where another document's file id would begin the same.
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

/** Whether the worker may have a source that calls the document by another name. Without a token, its file is recognized by the name of the plan. */
function mayBeNamed(ref: string): boolean {
  return !['file', 'http', 'https'].includes(readScheme(ref) ?? '');
}

/** A name as it is sent: short, and without what a name in a multipart header must not hold. */
export function safeName(name: string): string {
  return shortened(cleaned(name));
}

/** What the file id of the document at `index` begins with. */
export function tokenPrefix(token: string, index: number): string {
  return `${token}-${index}-`;
}

/** Stem and extension of a file name; the extension with its dot, or empty. */
export function splitName(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}

/** What a file id keeps of a name: the API drops the dots of the stem. */
export function keptName(name: string): string {
  const [stem, extension] = splitName(name);
  return stem.replaceAll('.', '') + extension;
}

/** Without separators, quotes and control characters, which a name in a multipart header must not hold. */
function cleaned(name: string): string {
  const clean = name.replace(/[\u0000-\u001f\u007f"\\/:*?<>|]+/g, '_').trim();
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

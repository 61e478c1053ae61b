import type { FailedFile } from '../job-details';
import { decoded } from '../reference';
import type { UploadRequest } from '../start/request';
import { splitName, tokenPrefix } from '../start/upload-names';

/** Which file of the job each document became, by the document's place; null where that cannot be told for certain. */
export interface FileMatch {
  fileIds: (string | null)[];
  /** Files of the job that are none of the documents. */
  others: string[];
}

/**
 * Tells documents by what their file ids are made of, never by position. With a token by the token; without one by the API's form, the
 * name's stem, a hyphen, eight hex digits and the extension, where that fits one document and one file only.
 */
export function matchFiles(
  uploads: readonly UploadRequest[],
  token: string | null,
  files: readonly string[],
): FileMatch {
  const ids = [...new Set(files)];
  const fits = (upload: UploadRequest, index: number) => (fileId: string) =>
    token === null ? isMadeFrom(fileId, upload.uploadName) : fileId.startsWith(tokenPrefix(token, index));
  const fitting = uploads.map((upload, index) => ids.filter(fits(upload, index)));
  const claims = (fileId: string) => fitting.filter((claimed) => claimed.includes(fileId)).length;
  const fileIds = fitting.map(([fileId, ...more]) =>
    fileId !== undefined && more.length === 0 && claims(fileId) === 1 ? fileId : null,
  );
  return { fileIds, others: ids.filter((fileId) => !fileIds.includes(fileId)) };
}

/** Which documents failed. */
export interface FailureMatch {
  /** The vendor's reason, by the document's place; undefined for one that did not fail. */
  reasons: (string | undefined)[];
  /** Whether each entry of the list names a file that is known. Else a document may have failed under a name that is not told. */
  isComplete: boolean;
}

/**
 * Tells the documents that failed, however the API names them: by the upload's name or file id, at the end of a path or not; with a token
 * by that, whatever became of the rest of the name.
 */
export function matchFailures(
  uploads: readonly UploadRequest[],
  token: string | null,
  { fileIds, others }: FileMatch,
  failedFiles: readonly FailedFile[],
): FailureMatch {
  const reasons: FailureMatch['reasons'] = uploads.map(() => undefined);
  let isComplete = true;
  for (const failed of failedFiles) {
    const names = namesOf(failed);
    const isNamed = (name: string) => (upload: UploadRequest, index: number) =>
      name === upload.uploadName || name === fileIds[index] || isTokenOf(token, index, name);
    const index = names.map((name) => uploads.findIndex(isNamed(name))).find((found) => found >= 0);
    if (index !== undefined) reasons[index] ??= failed.error;
    else isComplete &&= others.some((fileId) => names.includes(fileId) || names.includes(nameBehind(fileId)));
  }
  return { reasons, isComplete };
}

/** Wherever it stands: nobody else's name has it. */
function isTokenOf(token: string | null, index: number, name: string): boolean {
  return token !== null && name.includes(tokenPrefix(token, index));
}

/** What the failed files are called, and the ids of those among these files that the API made of such a name, where that is one only. */
export function failedFileIds(fileIds: readonly string[], failedFiles: readonly FailedFile[]): Set<string> {
  const made = new Map<string, string | null>();
  for (const fileId of fileIds) {
    const name = nameBehind(fileId);
    made.set(name, made.has(name) ? null : fileId);
  }
  return new Set(failedFiles.flatMap(namesOf).flatMap((name) => [name, made.get(name) ?? name]));
}

/** As the API names a failed file: a name, a file id, or a path or URL that ends with either. The most literal first. */
function namesOf({ document }: FailedFile): string[] {
  const last = document.slice(Math.max(document.lastIndexOf('/'), document.lastIndexOf('\\')) + 1);
  return [document, last, decoded(last)];
}

/** The name of which the API made a file id; the id itself where it has not the API's form. */
function nameBehind(fileId: string): string {
  const [stem, extension] = splitName(fileId);
  return stem.replace(/-[0-9a-f]{8}$/, '') + extension;
}

function isMadeFrom(fileId: string, name: string): boolean {
  const [stem, extension] = splitName(name);
  const middle = fileId.slice(stem.length, fileId.length - extension.length);
  return fileId.startsWith(stem) && fileId.endsWith(extension) && /^-[0-9a-f]{8}$/.test(middle);
}

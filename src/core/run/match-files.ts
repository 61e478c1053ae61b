import type { FailedFile } from '../job-details';
import { decoded } from '../reference';
import type { UploadRequest } from '../start/request';
import { keptName, tokenPrefix } from '../start/upload-names';
import { fileIdMadeFrom, isMadeFrom, type Strictness } from './file-ids';

/** The file of the job that belongs to each document, by the document's index; null if it is not certain. */
export interface FileMatch {
  fileIds: (string | null)[];
  /** Files of the job that belong to no document. */
  others: string[];
}

/**
 * Matches documents to files by what their file ids are made of, never by position. With a token, the token decides. Without one, the name decides:
 * first in the form that the API is known to keep, then more loosely. A match is certain only if exactly one document and one file fit each other.
 */
export function matchFiles(
  uploads: readonly UploadRequest[],
  token: string | null,
  files: readonly string[],
): FileMatch {
  const ids = [...new Set(files)];
  const fileIds = token === null ? matchedByName(uploads, ids) : matchedByToken(uploads.length, token, ids);
  return { fileIds, others: ids.filter((fileId) => !fileIds.includes(fileId)) };
}

function matchedByToken(documents: number, token: string, ids: readonly string[]): (string | null)[] {
  return Array.from({ length: documents }, (_, index) => {
    const [fileId, ...more] = ids.filter((id) => id.startsWith(tokenPrefix(token, index)));
    return fileId !== undefined && more.length === 0 ? fileId : null;
  });
}

function matchedByName(uploads: readonly UploadRequest[], ids: readonly string[]): (string | null)[] {
  const found = uploads.map((): string | null => null);
  for (const strictness of ['literal', 'dotless', 'loose'] as const) {
    const open = [...uploads.keys()].filter((index) => found[index] === null);
    const free = ids.filter((fileId) => !found.includes(fileId));
    const fits = (index: number, fileId: string, how: Strictness) =>
      isMadeFrom(fileId, uploads[index]?.uploadName ?? '', how);
    const pairs = open.flatMap((index) => {
      const [fileId, ...more] = free.filter((id) => fits(index, id, strictness));
      const isOnly = fileId !== undefined && more.length === 0;
      return isOnly && open.every((other) => other === index || !fits(other, fileId, strictness))
        ? [{ index, fileId }]
        : [];
    });
    // A document that still has no file could also be the origin of this file, by a rule that is not known.
    const unmatched = open.filter((index) => pairs.every((pair) => pair.index !== index));
    for (const { index, fileId } of pairs) {
      const isClaimed = unmatched.some((other) => fits(other, fileId, 'faint'));
      if (!isClaimed) found[index] = fileId;
    }
  }
  return found;
}

/** Which documents failed. */
export interface FailureMatch {
  /** The vendor's reason, by the document's index; undefined for a document that did not fail. */
  reasons: (string | undefined)[];
  /** Whether each entry of the list names a known file. If not, a document may have failed under a name that is not recognized. */
  isComplete: boolean;
}

/**
 * Finds the documents that failed, however the API names them: by the upload's name or by the file id, either alone or at the end of a path. With a
 * token, the token is enough, whatever happened to the rest of the name.
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
    const names = possibleNames(failed);
    const isNamed = (name: string) => (upload: UploadRequest, index: number) =>
      name === upload.uploadName || name === fileIds[index] || carriesToken(token, index, name);
    const index = names.map((name) => uploads.findIndex(isNamed(name))).find((found) => found >= 0);
    const isOther = others.some((fileId) =>
      names.some((name) => name === fileId || isMadeFrom(fileId, name, 'dotless')),
    );
    const told = index ?? (isOther ? undefined : keptUnder(names, uploads));
    if (told !== undefined) reasons[told] ??= failed.error;
    else isComplete &&= isOther;
  }
  return { reasons, isComplete };
}

/** The only document whose file id keeps exactly that name. */
function keptUnder(names: readonly string[], uploads: readonly UploadRequest[]): number | undefined {
  const kept = names.map(keptName);
  const [index, ...more] = [...uploads.keys()].filter((at) => kept.includes(keptName(uploads[at]?.uploadName ?? '')));
  return more.length === 0 ? index : undefined;
}

/** The token counts anywhere in the name, because no other name contains it. */
function carriesToken(token: string | null, index: number, name: string): boolean {
  return token !== null && name.includes(tokenPrefix(token, index));
}

/**
 * Returns the file ids of failed files. The API names a failed file by its file id, or by a name. A name counts only if exactly one of the
 * file ids can be made from it. A failed file without a certain file id is left out.
 */
export function failedFileIds(fileIds: readonly string[], failedFiles: readonly FailedFile[]): Set<string> {
  return new Set(
    failedFiles.flatMap((failed) => {
      const names = possibleNames(failed);
      const named = names.find((name) => fileIds.includes(name));
      return named ?? names.map((name) => fileIdMadeFrom(name, fileIds)).find((fileId) => fileId !== undefined) ?? [];
    }),
  );
}

/** The names that an entry may stand for: the API reports a name, a file id, or a path or URL that ends with either. The most literal comes first. */
function possibleNames({ document }: FailedFile): string[] {
  const last = document.slice(Math.max(document.lastIndexOf('/'), document.lastIndexOf('\\')) + 1);
  return [document, last, decoded(last)].filter((name) => name !== '');
}

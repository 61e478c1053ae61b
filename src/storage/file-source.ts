import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { UnstructuredDocumentRefusedError } from '../core/document';
import type { Refusal } from '../core/refusal';
import { errorCode } from '../core/error-shape';
import type { ListedPage } from '../core/listing';
import { shownRef } from '../core/reference';
import { UnstructuredStorageError } from '../core/storage-error';
import { FILE_URL_HINT, isInside, parseFileUrl, realFolders } from './file-paths';
import { OpenFolder } from './open-folder';
import { listFolder } from './list-folder';
import type { DocumentSource, ListingOptions, OpenDocument } from './source';

/** `file:` references under allowed folders. */
export class FileSource implements DocumentSource {
  readonly #folders: readonly string[];

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  async open(ref: string, { signal }: { signal: AbortSignal }): Promise<OpenDocument> {
    const refuse = (reason: Refusal, why: string, code?: string) =>
      new UnstructuredDocumentRefusedError(ref, reason, why, { code });
    const path = parseFileUrl(ref);
    if (path === undefined)
      throw refuse('malformed', `it is not a normalised file: URL of this machine; ${FILE_URL_HINT}`);
    const folders = await realFolders(this.#folders);
    const outside = refuse('folderNotAllowed', 'it is not under a folder of the option documents.folders');
    if (!isInside(path, [...this.#folders, ...folders])) throw outside;

    const handle = await openReal(path, folders).catch((error: unknown) => {
      throw toSourceError(error, refuse);
    });
    try {
      if (!handle) throw outside;
      const stat = await handle.stat();
      if (!stat.isFile()) throw refuse('notAFile', 'it is not a regular file');
      signal.throwIfAborted();
      return toOpenDocument(handle, basename(path), stat.size, (error) => toSourceError(error, refuse, READ_REFUSALS));
    } catch (error) {
      await handle?.close();
      throw error;
    }
  }

  /** Lists what is below a folder. Links below the folder are not followed; the folder itself may be reached through one. */
  async *list(from: string, { after, signal }: ListingOptions): AsyncGenerator<ListedPage> {
    const refuse = (why: string, code?: string) =>
      new UnstructuredStorageError(`Folder ${shownRef(from)} can't be listed: ${why}`, { kind: 'lasting', code });
    const path = parseFileUrl(from);
    if (path === undefined) throw refuse(`it is not a normalised file: URL of this machine; ${FILE_URL_HINT}`);
    const folders = await realFolders(this.#folders);
    const outside = refuse('it is not under a folder of the option documents.folders');
    if (!isInside(path, [...this.#folders, ...folders])) throw outside;
    const root = await openFolder(path, folders).catch((error: unknown) => {
      throw toListError(error, refuse);
    });
    if (!root) throw outside;
    try {
      yield* listFolder(root, { path, after, signal });
    } catch (error) {
      throw toListError(error, refuse);
    }
  }
}

/** Opens the folder that a path leads to, if it lies under one of the allowed folders; null if it does not. */
async function openFolder(path: string, folders: readonly string[]): Promise<OpenFolder | null> {
  const real = await realpath(path);
  return isInside(real, folders) ? OpenFolder.open(real) : null;
}

/** Codes of errors of a folder that a retry does not fix. */
const FOLDER_REFUSALS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is not a folder',
  ELOOP: 'it is not a folder',
  ENAMETOOLONG: 'no folder can have a name that long',
  EINVAL: 'no folder can have such a name',
  EILSEQ: 'no folder can have such a name',
  EACCES: 'this worker may not read it',
  EPERM: 'this worker may not read it',
};

function toListError(error: unknown, refuse: (why: string, code: string) => Error): unknown {
  const code = errorCode(error) ?? '';
  const why = Object.hasOwn(FOLDER_REFUSALS, code) ? FOLDER_REFUSALS[code] : undefined;
  return why === undefined ? error : refuse(why, code);
}

/**
 * Opens the file that a path leads to, if it lies under one of the allowed folders; null if it does not. The check is made on the opened file, so
 * that nothing can take its place in between. Does not block: opening a named pipe would otherwise wait for its writer.
 */
async function openReal(path: string, folders: readonly string[]): Promise<FileHandle | null> {
  const real = await realpath(path);
  if (!isInside(real, folders)) return null;
  const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  let isAllowed = false;
  try {
    isAllowed = isInside(await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(real)), folders);
  } finally {
    if (!isAllowed) await handle.close();
  }
  return isAllowed ? handle : null;
}

const UNREAD: [Refusal, string] = ['notReadable', 'its file system does not let it be read'];

/** Codes of errors that a retry does not fix. A failing disk may recover, and so may a process with too many open files. */
const REFUSALS: Readonly<Record<string, [Refusal, string]>> = {
  ENOENT: ['notFound', 'there is no such file'],
  ENOTDIR: ['notFound', 'there is no such file'],
  ENAMETOOLONG: ['notFound', 'no file can have a name that long'],
  EACCES: ['notReadable', 'this worker may not read it'],
  EPERM: ['notReadable', 'this worker may not read it'],
  EINVAL: ['notReadable', 'no file can have such a name'],
  EILSEQ: ['notReadable', 'no file can have such a name'],
  ENOTSUP: UNREAD,
  EISDIR: ['notAFile', 'it is not a regular file'],
  ELOOP: ['notAFile', 'it is not a regular file'],
  ENXIO: ['notAFile', 'it is not a regular file'],
  ENODEV: ['notAFile', 'it is not a regular file'],
};

/** The same for a file that is already open. On network shares, some errors appear only when the file is read. */
const READ_REFUSALS = { ...REFUSALS, EINVAL: UNREAD, EILSEQ: UNREAD };

function toSourceError(
  error: unknown,
  refuse: (reason: Refusal, why: string, code: string) => Error,
  refusals = REFUSALS,
): unknown {
  const code = errorCode(error) ?? '';
  const [reason, why] = (Object.hasOwn(refusals, code) ? refusals[code] : undefined) ?? [];
  return reason === undefined || why === undefined ? error : refuse(reason, why, code);
}

function toOpenDocument(
  handle: FileHandle,
  name: string,
  bytes: number,
  toError: (error: unknown) => unknown,
): OpenDocument {
  return {
    bytes,
    async *stream() {
      let read = 0;
      // Reads no more than the promised size, and notices if the file has grown or shrunk in the meantime.
      const chunks = handle.createReadStream({ autoClose: false, start: 0, end: bytes - 1 });
      try {
        for await (const chunk of chunks) {
          read += (chunk as Buffer).length;
          yield chunk as Buffer;
        }
      } catch (error) {
        throw toError(error);
      }
      const { size } = await handle.stat();
      if (read !== bytes || size !== bytes) throw new Error(`The file ${name} changed while it was read`);
    },
    close: () => handle.close(),
  };
}

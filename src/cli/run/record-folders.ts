import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_NAME } from '../../core/batch/records';
import { errorCode } from '../../core/error-shape';
import { RECORDS_FOLDER } from '../../core/listing';
import type { DocumentSource } from '../../storage/source';
import { manifestPlace, type Place } from './places';
import { openPrefix } from './storage';

/** The character after the slash in the sort order of keys. */
const BEHIND_SLASH = '0';

/** Names of the folders in which batches to a place left their records. */
export async function recordFolders(to: Place, signal: AbortSignal): Promise<string[]> {
  return to.folder === undefined ? recordFoldersBelow(await openPrefix(to), to, signal) : recordFoldersIn(to.folder);
}

/** Location of the manifest in one of these folders. */
export function manifestIn(recordFolder: string, to: Place): string {
  return `${manifestPlace(to)}${RECORDS_FOLDER}/${recordFolder}/${MANIFEST_NAME}`;
}

/** Like {@link recordFolders}, in a folder of this machine. */
export async function recordFoldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(join(folder, RECORDS_FOLDER), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Like {@link recordFolders}, from a source that lists in order. The content of each folder is skipped: it may be a thousand parts. */
export async function recordFoldersBelow(
  source: Required<Pick<DocumentSource, 'list'>>,
  { url }: Place,
  signal: AbortSignal,
): Promise<string[]> {
  const names = new Set<string>();
  let after: string | undefined;
  for (;;) {
    const page = await firstPage(source.list(`${url}${RECORDS_FOLDER}/`, { after, signal }));
    if (!page) return [...names];
    for (const { path } of page.entries) if (path.includes('/')) names.add(path.slice(0, path.indexOf('/')));
    const last = page.entries.at(-1)?.path ?? '';
    after = last.includes('/') ? `${last.slice(0, last.indexOf('/'))}${BEHIND_SLASH}` : last;
  }
}

async function firstPage<T>(pages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const page of pages) return page;
  return undefined;
}

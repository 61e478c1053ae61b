import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../core/error-shape';

/**
 * Creates a folder, and missing folders above it. Node's own `recursive` option never returns if a file system refuses a new folder with the error
 * for a missing parent, as `/proc` and some automounters do.
 * @throws Error of the file system, such as EEXIST if a file has the name
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeUnlessThere(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await makeUnlessThere(folder);
  }
}

async function makeUnlessThere(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const isThere = errorCode(error) === 'EEXIST' && (await stat(folder)).isDirectory();
    if (!isThere) throw error;
  }
}

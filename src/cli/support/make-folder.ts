import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../core/error-shape';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never returns where a file system refuses a new folder as if the
 * one above it were missing, as `/proc` and some automounters do.
 * @throws Error of the file system, such as EEXIST where a file has the name
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

import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';

/**
 * Name of the file that keeps a dev server's state in its folder: the existing file, or a new name that no other server uses. Only the program that
 * holds the folder may call this, because two programs could choose two different files.
 */
export async function chooseStateFile(folder: string): Promise<string> {
  const known = (await readdir(folder)).find((name) => /^temporal-[0-9a-f]{16}\.db$/.test(name));
  return known ?? `temporal-${randomBytes(8).toString('hex')}.db`;
}

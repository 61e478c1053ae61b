import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';

/**
 * Name of the file that keeps a dev server's state in its folder: the one that is there, or a new one, which no other server has. To be
 * called by whoever holds the folder: two programs could choose two files.
 */
export async function chooseStateFile(folder: string): Promise<string> {
  const known = (await readdir(folder)).find((name) => /^temporal-[0-9a-f]{16}\.db$/.test(name));
  return known ?? `temporal-${randomBytes(8).toString('hex')}.db`;
}

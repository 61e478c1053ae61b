import { fsync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/** Syncs a file by its descriptor, because the `sync` of the handles that Yarn's Plug'n'Play returns does not work. */
export async function syncFile({ fd }: FileHandle): Promise<void> {
  await sync(fd);
}

import { fsync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/** By its descriptor: the handles that Yarn's Plug'n'Play gives have no `sync` that works. */
export async function syncFile({ fd }: FileHandle): Promise<void> {
  await sync(fd);
}

import { renameSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const ABANDONED_AFTER = 24 * 60 * 60 * 1000;

/** How a folder of the cache is filled. */
export interface Filling {
  /** The folder's final name. */
  folder: string;
  /** Puts everything into the folder `staging`; the log goes to the file `log`. */
  build: (staging: string, log: string) => Promise<void>;
  /** Whether the folder holds something that works. */
  works: (folder: string) => Promise<boolean>;
}

/**
 * Fills a folder at one stroke: everything is built beside it and renamed once it works, so that whoever looks sees
 * all or nothing. Where another process was faster, its folder stays; a folder that does not work makes way.
 */
export async function fillCache({ folder, build, works }: Filling): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(folder);
  const temporary = await mkdtemp(join(parent, stagingPrefix(folder)));
  const staging = join(temporary, 'new');
  const log = join(temporary, 'build.log');
  const keptLog = `${folder}.log`;
  try {
    await makeWay(folder, join(temporary, 'broken'), works);
    await mkdir(staging);
    await build(staging, log);
    if (!(await works(staging))) throw new Error('what was built does not run');
    await publish(staging, folder, works);
    await rm(keptLog, { force: true });
  } catch (error) {
    const isKept = await keep(log, keptLog);
    throw new Error(`${(error as Error).message}${isKept ? `\n    whole log: ${keptLog}` : ''}`, { cause: error });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Moves a folder that does not work to `aside`: only the very one that was judged, as by now another process may have
 * put a good one in its place.
 */
async function makeWay(folder: string, aside: string, works: Filling['works']): Promise<void> {
  const judged = identity(folder);
  if (judged === undefined || (await works(folder))) return;
  if (identity(folder) === judged) renameSync(folder, aside);
}

function identity(folder: string): string | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.mtimeMs}`;
}

/** Gives `staging` its final name, unless something that works already has it. */
async function publish(staging: string, folder: string, works: Filling['works']): Promise<void> {
  try {
    await rename(staging, folder);
  } catch (error) {
    if (!(await works(folder))) throw error;
  }
}

/** Whether there was a log with something in it, which now has its final name. */
async function keep(log: string, keptLog: string): Promise<boolean> {
  const size = await stat(log).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > 0) await rename(log, keptLog);
  return size > 0;
}

/** Removes what builds that were killed left behind. */
async function removeAbandoned(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(stagingPrefix(folder))) continue;
    const path = join(parent, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > ABANDONED_AFTER) await rm(path, { recursive: true, force: true });
  }
}

function stagingPrefix(folder: string): string {
  return `.${basename(folder)}-`;
}

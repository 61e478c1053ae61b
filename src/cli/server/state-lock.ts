import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, errorMessage } from '../../core/error-shape';

/** How long the server of a program that was killed may take to end. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;
/** What macOS takes; Linux takes a few more. Node cuts a longer path short, or refuses it, by its version. */
const LONGEST_PATH_BYTES = 103;

/** Who has the socket: the process id of the program, or why it can't be told. */
type Holder = { pid: number } | { error: unknown };

/**
 * Keeps a folder for this program until the process ends, however it ends: the operating system lets go of what is held.
 * @param owner Process id of the program
 * @param patienceMs How long what is in the way may take to go, in milliseconds
 * @throws Error where another program that still runs holds it, or where its socket can't be had
 */
export async function holdState(
  folder: string,
  owner: number,
  platform = process.platform,
  patienceMs = PATIENCE_MS,
): Promise<Server> {
  const name = socketName(await realpath(folder), platform);
  const end = performance.now() + patienceMs;
  try {
    requireShortPath(name);
    for (;;) {
      const server = await listen(name, owner);
      if (server) return server;
      const holder = await askHolder(name, Math.max(1, end - performance.now()));
      const isOver = performance.now() >= end;
      if ('error' in holder) {
        if (isOver) throw holder.error;
        if (nobodyListens(holder.error)) await removeStale(name);
      } else if (isOver || isRunning(holder.pid)) throw new InUse(folder, holder.pid);
      await delay(PAUSE_MS);
    }
  } catch (error) {
    throw error instanceof InUse ? error : unusable(name, folder, error);
  }
}

class InUse extends Error {
  constructor(folder: string, holder: number) {
    super(`Another program, process ${holder}, works on this batch: ${folder} is in use.`);
  }
}

function unusable(name: string, folder: string, cause: unknown): Error {
  return new Error(
    `The socket ${name.replace('\0', '@')}, which keeps ${folder} for one program, can't be used: ${errorMessage(cause)}.`,
    { cause },
  );
}

/** A socket that has no file where there are such: nothing of it is left over. */
function socketName(folder: string, platform: NodeJS.Platform): string {
  const name = `tu-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  if (platform === 'linux') return `\0${name}`;
  return platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function requireShortPath(name: string): void {
  if (hasFile(name) && Buffer.byteLength(name) > LONGEST_PATH_BYTES)
    throw new Error(`its path has more than ${LONGEST_PATH_BYTES} bytes: set TMPDIR to a folder with a shorter one`);
}

/** @returns undefined where something listens there, or did and left its file */
async function listen(name: string, owner: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(String(owner)));
  try {
    server.listen(name);
    await once(server, 'listening');
    return server.unref();
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function askHolder(name: string, timeoutMs: number): Promise<Holder> {
  const socket = connect(name);
  const timer = setTimeout(() => socket.destroy(new Error('what listens there does not answer')), timeoutMs);
  try {
    const answer = await text(socket);
    return /^[1-9]\d*$/.test(answer) ? { pid: Number(answer) } : { error: new Error('something else listens there') };
  } catch (error) {
    return { error };
  } finally {
    clearTimeout(timer);
  }
}

/** A file without a program, and one that is no socket. */
function nobodyListens(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTSOCK'].includes(errorCode(error) ?? '');
}

async function removeStale(name: string): Promise<void> {
  if (hasFile(name)) await rm(name, { force: true });
}

function hasFile(name: string): boolean {
  return name.endsWith('.sock');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

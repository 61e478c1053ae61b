import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, errorMessage } from '../../core/error-shape';

/** How long the server of a killed program may take to end. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;
/** The limit of macOS; Linux accepts a few bytes more. Depending on its version, Node truncates a longer path or refuses it. */
const LONGEST_PATH_BYTES = 103;

/** Who holds the socket: the process id of the program, or the error why it is unknown. */
type Holder = { pid: number } | { error: unknown };

/**
 * Reserves a folder for this program until the process ends. However the process ends, the operating system releases the lock.
 * @param owner Process id of the program
 * @param patienceMs How long to wait for another holder to end, in milliseconds
 * @throws Error if another running program holds the folder, or if the socket cannot be used
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

/** Name of the socket. It has no file on systems that allow that, so nothing is left behind. */
function socketName(folder: string, platform: NodeJS.Platform): string {
  const name = `tu-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  if (platform === 'linux') return `\0${name}`;
  return platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function requireShortPath(name: string): void {
  if (hasFile(name) && Buffer.byteLength(name) > LONGEST_PATH_BYTES)
    throw new Error(`its path has more than ${LONGEST_PATH_BYTES} bytes: set TMPDIR to a folder with a shorter one`);
}

/** @returns undefined if something listens there, or has left its file behind */
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

/** Whether the error shows that no program listens: the socket's file is left over, or is not a socket. */
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

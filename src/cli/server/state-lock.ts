import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../../core/error-shape';

/** How long the server of a program that was killed may take to end. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 100;

/**
 * Keeps a folder for this program until the process ends, however it ends: the operating system lets go of what is held.
 * @param owner Process id of the program
 * @throws Error where another program that still runs holds it
 */
export async function holdState(folder: string, owner: number, platform = process.platform): Promise<Server> {
  const name = socketName(await realpath(folder), platform);
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const server = await listen(name, owner);
    if (server) return server;
    const holder = await askHolder(name);
    if (holder === undefined) await removeStale(name);
    else if (isRunning(holder) || performance.now() > end)
      throw new Error(`Another program, process ${holder}, works on this batch: ${folder} is in use.`);
    else await delay(PAUSE_MS);
  }
}

/** A socket that has no file where there are such: nothing of it is left over. Elsewhere its path has to be short. */
function socketName(folder: string, platform: NodeJS.Platform): string {
  const name = `temporal-unstructured-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  if (platform === 'linux') return `\0${name}`;
  return platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
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

/** @returns the process id of the program that holds it; undefined where nothing listens */
async function askHolder(name: string): Promise<number | undefined> {
  try {
    return Number(await text(connect(name)));
  } catch {
    return undefined;
  }
}

async function removeStale(name: string): Promise<void> {
  if (name.endsWith('.sock')) await rm(name, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

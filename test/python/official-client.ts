import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fillCache } from '../../scripts/servers/fill-cache';
import { runCommand } from '../../scripts/servers/run-command';
import { cachedFolder } from '../../src/testing/find-server';

const PACKAGE = 'unstructured-client';
const VERSION = '0.46.4';
/** What that version needs. */
const OLDEST_PYTHON = [3, 11] as const;

/** Prints the version, once all that a virtual environment needs was found. */
const LOOK = 'import sys, venv, ensurepip; print(*sys.version_info[:2])';

/** Why there is no Python here that could run the client; undefined where there is one. */
export function whyNoPython(command = 'python3'): string | undefined {
  let version: string;
  try {
    version = execFileSync(command, ['-c', LOOK], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    return `no ${command} with venv and ensurepip: ${code ?? stderr?.trim().split('\n').at(-1) ?? 'it failed'}`;
  }
  const [major = 0, minor = 0] = version.split(' ').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_PYTHON;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `${PACKAGE} ${VERSION} needs Python ${OLDEST_PYTHON.join('.')}, ${command} is ${major}.${minor}`;
}

/**
 * A Python that has the official client, in a virtual environment of the user's cache. Made once, from PyPI.
 * @throws Error with the last lines of what was printed
 */
export async function pythonWithOfficialClient(): Promise<string> {
  const folder = cachedFolder(`${PACKAGE}-${VERSION}`);
  if (!hasClient(folder))
    await fillCache({
      folder,
      works: (made) => Promise.resolve(hasClient(made)),
      build: async (staging, log) => {
        await runCommand('python3', ['-m', 'venv', staging], { log });
        const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', `${PACKAGE}==${VERSION}`];
        await runCommand(pythonIn(staging), pip, { log });
      },
    });
  return pythonIn(folder);
}

function hasClient(folder: string): boolean {
  try {
    execFileSync(pythonIn(folder), ['-c', 'import unstructured_client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

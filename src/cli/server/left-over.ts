import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

interface RunningProcess {
  pid: number;
  command: string;
}

/** How long a killed process may take to end. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 50;

/**
 * Ends a dev server that still uses this file after its program was killed. Two servers on one file would destroy each other's work. Only the program
 * that holds the file's folder may call this.
 * @param dbFile A name that no other server uses
 * @param patienceMs How long the server may take to end, in milliseconds
 * @throws Error if the server does not end
 */
export async function endLeftOver(dbFile: string, patienceMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const others = (await runningProcesses()).filter(({ command }) => hasFile(command, dbFile));
    const [other] = others;
    if (other === undefined) return;
    if (performance.now() > end)
      throw new Error(
        `A dev server of an earlier program, process ${other.pid}, still has ${dbFile} and can't be ended: end it, such as by kill -9 ${other.pid}.`,
      );
    for (const { pid } of others) kill(pid);
    await delay(PAUSE_MS);
  }
}

function hasFile(command: string, dbFile: string): boolean {
  const words = command.split(/[\0 ]/);
  return words.includes('start-dev') && words.includes(dbFile);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended, or belongs to another user.
  }
}

/** The running processes, on systems that list them: all but Windows. */
async function runningProcesses(): Promise<RunningProcess[]> {
  if (process.platform === 'win32') return [];
  return process.platform === 'linux' ? fromProc() : fromPs();
}

async function fromProc(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(commands)).map((command, index) => ({ pid: Number(pids[index]), command }));
}

async function fromPs(): Promise<RunningProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args='], { maxBuffer: 2 ** 26 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^ *(\d+) (.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), command }];
  });
}

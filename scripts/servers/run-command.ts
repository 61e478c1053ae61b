import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';

/** What a command runs with. */
export interface CommandOptions {
  /** Receives standard output and standard error. */
  log: string;
  cwd?: string;
  /** Added to this process's own variables. */
  env?: Record<string, string>;
  /** Ends the command. */
  signal?: AbortSignal;
}

/**
 * Runs a program to its end.
 * @throws Error with the reason and the last lines of the log where the program does not end with 0
 */
export async function runCommand(command: string, args: string[], options: CommandOptions): Promise<void> {
  const { log, cwd, env, signal } = options;
  const file = await open(log, 'a');
  try {
    const failure = await new Promise<string | undefined>((resolve) => {
      let notStarted: NodeJS.ErrnoException | undefined;
      const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', file.fd, file.fd],
        signal,
      });
      child.once('error', (error) => (notStarted = error));
      child.once('close', (code, killedBy) => {
        if (signal?.aborted) resolve('interrupted');
        else if (notStarted) resolve(notStarted.code === 'ENOENT' ? 'not installed' : notStarted.message);
        else if (killedBy) resolve(`killed by ${killedBy}`);
        else resolve(code === 0 ? undefined : `ended with ${String(code)}`);
      });
    });
    if (failure !== undefined) throw new Error([`${command}: ${failure}`, ...(await lastLines(log))].join('\n    '));
  } finally {
    await file.close();
  }
}

async function lastLines(file: string, count = 15): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  return text.trimEnd().split('\n').slice(-count).filter(Boolean);
}

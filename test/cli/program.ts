import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROGRAM_VARIABLE } from '../set-up/program';

const PROJECT = join(__dirname, '..', '..');
const MARK = 'CLI_TEST_MARK';

/** How a program ended, and what it wrote. */
export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Where and how a program runs. */
export interface Setting {
  /** A source file. @default the command-line program, as the global setup has compiled it */
  entry?: string;
  /** Size of a terminal to run on, as `stty` takes it. @default no terminal */
  terminal?: string;
}

/** The command-line program, as a process of its own. */
export class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #mark = randomUUID();

  /** @param env beside what every program needs; nothing of Temporal or Unstructured is inherited but the dev server's executable */
  constructor(args: string[], env: Record<string, string> = {}, { entry, terminal }: Setting = {}) {
    const program = entry === undefined ? compiled() : ['--import', 'tsx', entry];
    const command = [process.execPath, ...program, ...args];
    const [file = '', ...words] = terminal === undefined ? command : onTerminal(terminal, command);
    this.#child = spawn(file, words, {
      cwd: PROJECT,
      // Workflows on the thread of the program: one of their own would load the SDK again.
      env: { ...neutral(process.env), ...(entry === undefined && { TEMPORAL_DEBUG: '1' }), ...env, [MARK]: this.#mark },
      stdio: [terminal === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(this.#child, 'close').then(([exitCode]) => ({
      exitCode: exitCode as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Closes its standard output or error, as a reader that has ended. */
  close(stream: 'stdout' | 'stderr'): void {
    this.#child[stream]?.destroy();
  }

  /** Types on the terminal. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Resolves once the program has written `text` on standard output. */
  async says(text: string | RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = new RegExp(text).exec(this.stdout);
      if (found) return found;
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) throw new Error(`Ended without '${String(text)}': ${this.stderr}`);
      await Promise.race([once(this.#child.stdout!, 'data'), this.ended]);
    }
  }

  /** Every process that the program or one of its children started and that is still there, itself included. */
  async processes(): Promise<string[]> {
    const { stdout } = await promisify(execFile)('ps', ['axeww', '-o', 'pid=,args='], { maxBuffer: 2 ** 26 });
    return stdout.split('\n').filter((line) => line.includes(`${MARK}=${this.#mark}`));
  }
}

export function runProgram(args: string[], env?: Record<string, string>): Promise<Ended> {
  return new Program(args, env).ended;
}

function compiled(): string[] {
  const folder = process.env[PROGRAM_VARIABLE];
  if (folder === undefined) throw new Error(`${PROGRAM_VARIABLE} is not set: the global setup has not run`);
  return ['--require', join(folder, 'test/support/kept-bundles.js'), join(folder, 'src/cli/main.js')];
}

/** What the terminal shows comes on standard output. */
function onTerminal(size: string, command: string[]): string[] {
  return ['script', '--quiet', '--return', '--command', `stty ${size}; exec ${command.join(' ')}`, '/dev/null'];
}

function neutral(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(TEMPORAL_(?!CLI_PATH)|UNSTRUCTURED_)/.test(name)),
  );
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = resolve(__dirname, '../..');
/** What the package is built from and holds. */
const SOURCES = [
  ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'tsconfig.json', 'tsconfig.build.json'],
  ...['src', 'activities', 'workflows', 'schemas'],
];
/** Within it a program ends, what it downloads included. */
const LONGEST_MS = 5 * 60_000;

/** An empty project of somebody who uses the packed package. */
export class Consumer {
  readonly #signal: AbortSignal | undefined;

  private constructor(
    readonly folder: string,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
  }

  /** A project that has installed the packed tarball as a user does: with plain npm. */
  static async install(): Promise<Consumer> {
    const consumer = await Consumer.create();
    try {
      const optional = ['@temporalio/testing', '@temporalio/envconfig', '@aws-sdk/client-s3', '@aws-sdk/lib-storage'];
      const tools = ['typescript@~6.0', '@types/node@^20'];
      await consumer.npmInstall(await consumer.pack(), ...optional, ...tools);
      return consumer;
    } catch (error) {
      await consumer.remove();
      throw error;
    }
  }

  /**
   * A project that has installed nothing, and finds nothing that another one has.
   * @param signal ends what is run in the project, and lets no more begin
   */
  static async create(signal?: AbortSignal): Promise<Consumer> {
    const consumer = new Consumer(await mkdtemp(join(tmpdir(), 'consumer-')), signal);
    await consumer.write('package.json', JSON.stringify({ name: 'consumer', private: true }));
    return consumer;
  }

  /** Packs the package into the project's folder. @returns path of the tarball */
  async pack(): Promise<string> {
    const pack = ['pack', '--silent', '--json', '--pack-destination', this.folder];
    const packed = await run('npm', pack, { cwd: await this.#copyOfSources(), signal: this.#signal });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    return join(this.folder, filename);
  }

  async npmInstall(...packages: string[]): Promise<void> {
    await this.run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packages);
  }

  /** What is packed is built first: in a copy, as others may use the repo's own build. */
  async #copyOfSources(): Promise<string> {
    const copy = join(this.folder, 'sources');
    for (const name of SOURCES) await cp(join(ROOT, name), join(copy, name), { recursive: true });
    await mkdir(join(copy, 'docs'));
    for (const name of await readdir(join(ROOT, 'docs')))
      if (name.endsWith('.md')) await cp(join(ROOT, 'docs', name), join(copy, 'docs', name));
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    return copy;
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  /** An empty project in a folder of this one, which is removed with it. */
  async inside(name: string): Promise<Consumer> {
    const folder = join(this.folder, name);
    await mkdir(folder, { recursive: true });
    return new Consumer(folder, this.#signal);
  }

  /** Copies the repo's examples in. */
  async copyExamples(name: string): Promise<void> {
    await cp(join(ROOT, 'examples'), join(this.folder, name), { recursive: true });
  }

  /** Copies a small project in: its worker, its workflows, and the program that builds their bundle. */
  async copyProject(): Promise<void> {
    await cp(join(__dirname, 'project'), this.folder, { recursive: true });
  }

  /** Lends a package that the repo has installed, with all that it needs. */
  async lend(name: string): Promise<void> {
    await symlink(join(ROOT, 'node_modules', name), join(this.folder, 'node_modules', name));
  }

  /** Paths of a folder's files with this ending, those in folders below included. */
  async files(folder: string, ending: string): Promise<string[]> {
    const names = await readdir(join(this.folder, folder), { recursive: true });
    return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
  }

  /** Runs a program in the project; its output, or an error that holds it. */
  run(command: string, ...args: string[]): Promise<string> {
    return run(command, args, { cwd: this.folder, signal: this.#signal });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What the program has started ends with it: both are a group. */
async function run(
  command: string,
  args: string[],
  { cwd, signal }: { cwd: string; signal: AbortSignal | undefined },
): Promise<string> {
  signal?.throwIfAborted();
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }; // its files would stay in the temporary folder
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  printed.catch(() => undefined); // where it can't be run, that is the error
  const end = () => killGroup(child.pid);
  let why = '';
  const timer = setTimeout(() => {
    why = ` took more than ${LONGEST_MS / 60_000} minutes`;
    end();
  }, LONGEST_MS);
  signal?.addEventListener('abort', end);
  let code: unknown;
  try {
    [code] = (await once(child, 'exit')) as unknown[];
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    end();
  }
  const [stdout, stderr] = await printed;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}${why}\n${stdout}\n${stderr}`);
  return stdout;
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // None of it runs any more.
  }
}

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');
/** What the package is built from and holds. */
const SOURCES = [
  ...[
    'package.json',
    'README.md',
    'OTHER_LANGUAGES.md',
    'LICENSE',
    'CHANGELOG.md',
    'tsconfig.json',
    'tsconfig.build.json',
  ],
  ...['src', 'activities', 'workflows'],
];
const run = promisify(execFile);

/** An empty project that has installed the packed tarball as a user does: with plain npm. */
export class Consumer {
  private constructor(readonly folder: string) {}

  static async install(): Promise<Consumer> {
    const consumer = new Consumer(await mkdtemp(join(tmpdir(), 'consumer-')));
    const { stdout } = await run('npm', ['pack', '--silent', '--json', '--pack-destination', consumer.folder], {
      cwd: await consumer.#copyOfSources(),
    });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    await consumer.write('package.json', JSON.stringify({ name: 'consumer', private: true }));
    const optional = ['@temporalio/testing', '@temporalio/envconfig', '@aws-sdk/client-s3', '@aws-sdk/lib-storage'];
    const peers = [...optional, 'typescript@~6.0', '@types/node@^20'];
    await consumer.run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`, ...peers);
    return consumer;
  }

  /** What is packed is built first: in a copy, as others may use the repo's own build. */
  async #copyOfSources(): Promise<string> {
    const copy = join(this.folder, 'sources');
    for (const name of SOURCES) await cp(join(ROOT, name), join(copy, name), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    return copy;
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  /** An empty project in a folder of this one, which is removed with it. */
  async inside(name: string): Promise<Consumer> {
    const folder = join(this.folder, name);
    await mkdir(folder);
    return new Consumer(folder);
  }

  /** Copies the repo's examples in. */
  async copyExamples(name: string): Promise<void> {
    await mkdir(join(this.folder, name), { recursive: true });
    await cp(join(ROOT, 'examples'), join(this.folder, name), { recursive: true });
  }

  /** Paths of a folder's files with this ending, those in folders below included. */
  async files(folder: string, ending: string): Promise<string[]> {
    const names = await readdir(join(this.folder, folder), { recursive: true });
    return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
  }

  /** Runs a program in the project; its output, or an error that holds it. */
  async run(command: string, ...args: string[]): Promise<string> {
    try {
      return (await run(command, args, { cwd: this.folder, maxBuffer: 2 ** 26 })).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, posix } from 'node:path';

const REPOSITORY = join(__dirname, '../..');

interface Report {
  modules: { source: string; dependencies: { resolved: string; dependencyTypes: string[] }[] }[];
  summary: { violations: { from: string; to: string; rule: { name: string; severity: string } }[] };
}

export interface Arrow {
  from: string;
  /** The path of a file of this repository, or the name of a package or of a module of Node. */
  to: string;
  kind: Kind;
}

/** All imports of this repository. */
export async function arrows(): Promise<Arrow[]> {
  const { output } = await runLint(REPOSITORY, '--output-type', 'json');
  return (JSON.parse(output) as Report).modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved, dependencyTypes }) => ({
      from: source,
      to: nameOf(resolved),
      kind: dependencyTypes.some((type) => ['type-only', 'type-import'].includes(type)) ? 'type' : 'value',
    })),
  );
}

/** What `npm run lint:walls` refuses in a repository of these files: lines such as `no-circle: a.ts → b.ts`. */
export async function refusedIn(files: Record<string, string>): Promise<string[]> {
  const { output } = await lintWalls(files, '--output-type', 'json');
  const { violations } = (JSON.parse(output) as Report).summary;
  return violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ from, to, rule }) => `${rule.name}: ${from} → ${nameOf(to)}`);
}

/** The name that a package or a module of Node is imported by; any other file's path. */
function nameOf(path: string): string {
  return (
    /\bnode_modules\/(?:@types\/)?((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? (isBuiltin(path) ? `node:${path}` : path)
  );
}

interface Linted {
  exitCode: number | null;
  output: string;
}

/** Runs `npm run lint:walls` with this repository's settings on these files. */
export async function lintWalls(files: Record<string, string>, ...options: string[]): Promise<Linted> {
  const folder = await mkdtemp(join(tmpdir(), 'walls-'));
  try {
    for (const name of ['package.json', 'tsconfig.json', 'walls.config.mjs'])
      await cp(join(REPOSITORY, name), join(folder, name));
    await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await runLint(folder, ...options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runLint(folder: string, ...options: string[]): Promise<Linted> {
  const PATH = [join(REPOSITORY, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  return new Promise((resolve) => {
    const command = ['run', '--silent', 'lint:walls', '--', ...options];
    const child = execFile(
      'npm',
      command,
      { cwd: folder, env: { ...process.env, PATH }, maxBuffer: 1e8 },
      (_, stdout) => resolve({ exitCode: child.exitCode, output: stdout }),
    );
  });
}

export type Kind = 'value' | 'type';

/** The statement by which a file imports another file or a package. */
export function importOf(from: string, to: string, kind: Kind): string {
  return `import ${kind === 'type' ? 'type {} from ' : ''}'${isFile(to) ? specifier(from, to) : to}';\n`;
}

export function isFile(name: string): boolean {
  return /\.(ts|json)$/.test(name);
}

function specifier(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to).replace(/\.ts$/, '');
  return path.startsWith('.') ? path : `./${path}`;
}

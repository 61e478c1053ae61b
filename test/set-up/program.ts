import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Environment variable with the folder of the command-line program that the global setup has compiled. */
export const PROGRAM_VARIABLE = 'TEST_PROGRAM';

const PROJECT = join(__dirname, '..', '..');
/** What the demo takes for documents, and where the program reads its version. */
const BESIDE = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'examples/documents'];

/**
 * Compiles the command-line program before the first test, file by file: each start from the sources would compile them and the workflows again.
 * @returns what is done after the last test
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(PROJECT, 'node_modules', '.program-')); // below the packages that it takes
  const sources = await Promise.all(['src', 'activities', 'workflows'].map((name) => sourcesIn(name)));
  await build({
    entryPoints: [...sources.flat(), join(PROJECT, 'test/support/kept-bundles.ts')],
    outdir: folder,
    outbase: PROJECT,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  for (const name of BESIDE) await cp(join(PROJECT, name), join(folder, name), { recursive: true });
  process.env[PROGRAM_VARIABLE] = folder;
  return () => rm(folder, { recursive: true });
}

async function sourcesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(PROJECT, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(PROJECT, folder, name));
}

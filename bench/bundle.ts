/**
 * What the workflow entry adds to a worker's workflow bundle. Takes the compiled package, as users do: `npm run build` comes first.
 * Run alone: `npx tsx bench/bundle.ts`.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { build, transform } from 'esbuild';
import { print, type Report, type Table } from './report';

const ROOT = join(__dirname, '..');
const COMPILED = join(ROOT, 'dist/workflows/index.mjs');
const MOST_MODULES = 10;

export async function run(): Promise<Report> {
  const ours = await modules();
  requireFreshBuild(ours.sources);
  const baseline = await minifiedBundle('baseline.ts');
  const wait = await minifiedBundle('with-wait.ts');
  const run = await minifiedBundle('with-run.ts');
  const commonJs = await minifiedBundle('required-wait.ts');
  const row = (bundle: string, bytes: number) => ({
    bundle,
    'bytes, minified': bytes,
    'ours, bytes': bytes - baseline,
    ratio: bytes / baseline,
  });
  return {
    name: 'workflow bundle',
    tables: [
      {
        rows: [
          row('without this package', baseline),
          row('with awaitJobCompletion', wait),
          row('with runJob beside it', run),
          row('with awaitJobCompletion, compiled to CommonJS first', commonJs),
        ],
      },
      ours.table,
    ],
    goals: [{ what: 'bundle with awaitJobCompletion ÷ bundle without', value: wait / baseline, atMost: 1.08 }],
    notes: [
      'Both bundled by the SDK from the compiled package, the source map removed, minified alike by esbuild.',
      'Where the workflow file is compiled to CommonJS before it is bundled, nothing can be left out: it carries everything.',
    ],
  };
}

/** Bytes of the bundle that the SDK makes of a file of `bench/bundle`. */
async function minifiedBundle(file: string): Promise<number> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, 'bundle', file),
    logger: new DefaultLogger('ERROR'),
  });
  return (await minify(code)).length;
}

async function minify(code: string): Promise<Buffer> {
  const { code: minified } = await transform(code, { minify: true, legalComments: 'none', sourcemap: false });
  return Buffer.from(minified);
}

/** @throws Error where the compiled package is missing or older than one of these files */
function requireFreshBuild(sources: string[]): void {
  const compiledAt = statSync(COMPILED, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newer = sources.find((source) => statSync(join(ROOT, source)).mtimeMs > compiledAt);
  if (newer !== undefined) throw new Error(`${COMPILED} is missing or older than ${newer}: run 'npm run build' first.`);
}

/** Our own modules, the largest first: where to save. */
async function modules(): Promise<{ table: Table; sources: string[] }> {
  const { metafile } = await build({
    entryPoints: [join(ROOT, 'workflows/index.ts')],
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    external: ['@temporalio/*'],
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const all = Object.entries(output?.inputs ?? {})
    .map(([module, { bytesInOutput }]) => ({ module, 'bytes, minified': bytesInOutput }))
    .sort((a, b) => b['bytes, minified'] - a['bytes, minified']);
  const total = output?.bytes ?? 0;
  const table = {
    title: `our modules, ${all.length} in all with ${total.toLocaleString('en')} bytes minified; the largest:`,
    rows: all.slice(0, MOST_MODULES),
  };
  return { table, sources: all.map(({ module }) => module) };
}

if (require.main === module) void run().then(print);

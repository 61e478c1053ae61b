/**
 * Loaded before programs that the tests run, of which each would bundle its workflows, as most of what its start costs: the first one bundles,
 * and keeps the bundle beside the workflow file for the others.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import nodeModule from 'node:module';

interface Bundler {
  workflowsPath: string;
  createBundle: () => Promise<{ code: string }>;
}

type Load = (request: string, ...rest: unknown[]) => unknown;

const loader = nodeModule as unknown as { _load: Load };
const load = loader._load;
loader._load = (request, ...rest) => {
  const loaded = load(request, ...rest);
  if (request !== '@temporalio/worker') return loaded;
  loader._load = load;
  const { WorkflowCodeBundler } = load(`${request}/lib/workflow/bundler`, ...rest) as {
    WorkflowCodeBundler: { prototype: Bundler };
  };
  const { createBundle } = WorkflowCodeBundler.prototype;
  WorkflowCodeBundler.prototype.createBundle = function () {
    return keptBundle(this.workflowsPath, () => createBundle.call(this));
  };
  return loaded;
};

async function keptBundle(workflowsPath: string, bundle: Bundler['createBundle']): Promise<{ code: string }> {
  const path = `${workflowsPath}.bundle`;
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { code: kept };
  const made = await bundle();
  const own = `${path}.${process.pid}`; // another program may be doing the same
  await writeFile(own, made.code);
  await rename(own, path);
  return made;
}

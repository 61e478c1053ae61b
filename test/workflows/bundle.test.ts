// What the workflow sandbox loads is free of anything that belongs to the worker's process.
import { bundleWorkflowCode } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { quiet } from '../support/logs';

interface Bundle {
  /** Packages whose modules are in it. */
  packages: string[];
  /** Modules of this repository in it. */
  own: string[];
  code: string;
}

async function bundle(workflowsPath: string): Promise<Bundle> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, path]) => path!);
  const packages = modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return {
    packages: [...new Set(packages)].sort(),
    own: modules.filter((path) => path.startsWith('./') && !path.includes('node_modules')),
    code,
  };
}

test('the entry for workflows adds no package to what the SDK brings', async () => {
  const alone = await bundle(require.resolve('../support/bundles/sdk-alone.ts'));
  const ours = await bundle(require.resolve('../../workflows/index.ts'));

  expect(alone.packages).toContain('@temporalio/workflow');
  expect(ours.packages).toEqual(alone.packages);
  expect(ours.own).toContain('./src/core/wait/state.ts');
  expect(ours.own.filter((path) => /\/(api|activities|testing|cli)\//.test(path))).toEqual([]);
  expect(ours.code).not.toMatch(/require\("(node:|undici|zod)/);
});

// A worker whose bundle was made without our workflows says so at its start: what waits for one of them would wait without a word.
import { join } from 'node:path';
import { type BundleOptions, bundleWorkflowCode, Runtime } from '@temporalio/worker';
import { beforeAll, expect, test, vi } from 'vitest';
import { UnstructuredPlugin } from '../../src';
import { warnOfBundleWithout } from '../../src/worker/check-bundle';
import { collectLogs, quiet } from '../support/logs';

beforeAll(() => collectLogs());

async function warningsOf(file: string, options: Partial<BundleOptions> = {}): Promise<number> {
  const workflowsPath = join(__dirname, 'workflows', file);
  const bundle = await bundleWorkflowCode({ workflowsPath, logger: quiet, ...options });
  using warn = vi.spyOn(Runtime.instance().logger, 'warn');
  warnOfBundleWithout(bundle);
  return warn.mock.calls.filter(([message]) => message.includes('has no workflow awaitJobCompletion')).length;
}

test.each([
  ['knows nothing of ours', 'none.ts'],
  ['starts ours as children', 'parent.ts'],
])('a workflow file that %s, bundled without the plugin, is warned of', async (_, file) => {
  expect(await warningsOf(file)).toBe(1);
});

test.each([
  ['the plugin', 'parent.ts', { plugins: [new UnstructuredPlugin({ apiKey: () => 'key-that-is-not-used' })] }],
  ['an export by hand', 'both.ts', {}],
])('a bundle that has ours by %s is not', async (_, file, options) => {
  expect(await warningsOf(file, options)).toBe(0);
});

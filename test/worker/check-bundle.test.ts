// A worker whose bundle was made without some of our workflows names them at its start: what waits for one of them would wait without a word.
import { join } from 'node:path';
import { type BundleOptions, bundleWorkflowCode, Runtime } from '@temporalio/worker';
import { beforeAll, expect, test, vi } from 'vitest';
import { UnstructuredPlugin } from '../../src';
import { warnOfBundleWithout } from '../../src/worker/check-bundle';
import { collectLogs, quiet } from '../support/logs';

beforeAll(() => collectLogs());

/** The workflows that each warning names. */
async function namedIn(file: string, options: Partial<BundleOptions> = {}): Promise<(string | undefined)[]> {
  const workflowsPath = join(__dirname, 'workflows', file);
  const bundle = await bundleWorkflowCode({ workflowsPath, logger: quiet, ...options });
  using warn = vi.spyOn(Runtime.instance().logger, 'warn');
  warnOfBundleWithout(bundle);
  return warn.mock.calls.map(
    ([message]) => / lacks these workflows: (.+?)\. If .+ export { \1 } from /.exec(message)?.[1],
  );
}

test.each([
  ['knows nothing of ours', 'none.ts', 'awaitJobCompletion, runJob, runJobs'],
  ['starts ours as children', 'parent.ts', 'awaitJobCompletion, runJob, runJobs'],
  ['exports the waits alone, and starts a run as a child', 'waits.ts', 'runJob, runJobs'],
  ['exports all but the batches', 'both.ts', 'runJobs'],
])('one warning names what the bundle of a workflow file that %s lacks', async (_, file, missing) => {
  expect(await namedIn(file)).toEqual([missing]);
});

test.each([
  ['the plugin', 'parent.ts', { plugins: [new UnstructuredPlugin({ apiKey: () => 'key-that-is-not-used' })] }],
  ['exports by hand', 'all.ts', {}],
])('no warning comes of a bundle that has all of them by %s', async (_, file, options) => {
  expect(await namedIn(file, options)).toEqual([]);
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node' with { 'resolution-mode': 'import' };
import { BUNDLE_VARIABLE, bundleTestWorkflows } from '../support/bundle';

/**
 * Bundles the tests' workflows before the first test; the tests' processes inherit where the bundle is.
 * @returns what is done after the last test
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env[BUNDLE_VARIABLE] !== undefined) return undefined; // another project of this run has made it
  const folder = await mkdtemp(join(tmpdir(), 'test-bundle-'));
  const path = join(folder, 'workflows.js');
  const write = async () => writeFile(path, (await bundleTestWorkflows()).code);
  await write();
  process.env[BUNDLE_VARIABLE] = path;
  project.onTestsRerun(write);
  return () => rm(folder, { recursive: true });
}

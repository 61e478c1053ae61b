import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node' with { 'resolution-mode': 'import' };
import { ensureS3Server } from '../scripts/servers/build-s3-server';
import { ensureServers } from '../scripts/servers/ensure';
import { TEST_SERVERS } from '../src/testing/find-server';
import { BUNDLE_VARIABLE, bundleTestWorkflows } from './support/bundle';

/**
 * Has both Temporal servers, the S3 server and the bundle of the tests' workflows ready before the first test; the workers inherit where
 * they are.
 * @returns what is done after the last test
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [{ code }] = await Promise.all([bundleTestWorkflows(), findServers()]);
  const folder = await mkdtemp(join(tmpdir(), 'test-bundle-'));
  const codePath = join(folder, 'workflows.js');
  await writeFile(codePath, code);
  process.env[BUNDLE_VARIABLE] = codePath;
  project.onTestsRerun(async () => writeFile(codePath, (await bundleTestWorkflows()).code));
  return () => rm(folder, { recursive: true });
}

async function findServers(): Promise<void> {
  const names = ['dev', 'time-skipping'] as const;
  const [paths] = await Promise.all([ensureServers(names), ensureS3Server().catch(warn)]);
  for (const name of names) {
    const path = paths[name];
    if (path !== undefined) process.env[TEST_SERVERS[name].variable] = path;
  }
}

/** The tests that need it are skipped then. */
function warn(error: unknown): void {
  console.warn(`S3 is not tested against a real server: ${(error as Error).message}`);
}

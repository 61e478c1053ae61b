import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { importOf, isFile, refusedIn, type Kind } from './tree';

/** Imports that break the architecture, whatever the table says, and why. */
const FORBIDDEN = [
  ['workflows/run/start.ts', 'activities/support/perform-activity.ts', 'a sandbox runs no activity'],
  ['workflows/await-job.ts', 'src/api/client.ts', 'a sandbox has no network'],
  ['workflows/await-job.ts', 'src/client/start-await-job.ts', 'a workflow has no client'],
  ['workflows/await-job.ts', 'src/index.ts', 'the main entry brings the client and the plugin'],
  ['workflows/wait/wait-loop.ts', 'workflows/run/run.ts', 'a worker that only waits bundles no runs'],
  ['workflows/run/run.ts', 'workflows/batch/batch.ts', 'a run knows no batch'],
  ['workflows/run/run.ts', 'src/core/batch/manifest.ts', 'a run knows no batch'],
  ['workflows/await-job.ts', 'node:fs', 'a sandbox has no Node'],
  ['workflows/await-job.ts', 'undici', 'a sandbox has no network'],
  ['workflows/await-job.ts', 'zod', 'a sandbox reads no wire'],
  ['workflows/await-job.ts', '@temporalio/client', 'a workflow has no client'],
  ['workflows/support/failures.ts', '@temporalio/activity', 'a workflow is no activity'],
  ['activities/get-job.ts', 'src/index.ts', 'the main entry brings the plugin'],
  ['activities/get-job.ts', 'src/plugin.ts', 'the plugin is made of activities'],
  ['activities/get-job.ts', 'workflows/await-job.ts', 'an activity needs no workflow'],
  ['activities/join-run.ts', 'src/client/start-run-job.ts', 'an activity starts no run'],
  ['activities/support/perform-activity.ts', 'activities/get-job.ts', 'helpers know no activity'],
  ['activities/batch/planner.ts', 'src/api/client.ts', 'a plan asks the API nothing'],
  ['activities/watch/round.ts', 'src/api/client.ts', 'a watch needs two calls of it'],
  ['activities/watch/watched-job.ts', 'activities/watch-job.ts', 'helpers know no activity'],
  ['src/core/job.ts', 'src/core/wait/state.ts', 'the ground carries the rooms'],
  ['src/core/job.ts', 'src/common/failure.ts', 'the kernel imports nothing'],
  ['src/core/job.ts', 'node:crypto', 'the kernel imports nothing'],
  ['src/core/job.ts', '@temporalio/common', 'the kernel imports nothing'],
  ['src/core/wait/state.ts', 'src/core/run/result.ts', 'a wait knows no run'],
  ['src/core/wait/state.ts', 'src/core/start/state.ts', 'a wait knows no start'],
  ['src/core/start/state.ts', 'src/core/wait/state.ts', 'a start knows no wait'],
  ['src/core/start/state.ts', 'src/core/run/input.ts', 'a start knows no run'],
  ['src/core/run/result.ts', 'src/core/batch/manifest.ts', 'a run knows no batch'],
  ['src/common/failure.ts', 'activities/get-job.ts', 'workflows use it, too'],
  ['src/common/failure.ts', '@temporalio/client', 'workflows use it, too'],
  ['src/common/failure.ts', 'node:fs', 'workflows use it, too'],
  ['src/api/client.ts', '@temporalio/common', 'the client knows no Temporal'],
  ['src/api/http/transport.ts', 'src/api/operations/jobs.ts', 'how a request travels knows not what is asked'],
  ['src/api/http/transport.ts', 'src/common/failure.ts', 'the client knows no Temporal'],
  ['src/temporal/earlier-runs.ts', 'src/client/start-run-job.ts', 'activities use it, too'],
  ['src/network/connector.ts', 'src/api/client.ts', 'storage uses it, too'],
  ['src/storage/storage.ts', 'src/api/client.ts', 'sources and sinks have nothing to ask the API'],
  ['src/storage/storage.ts', 'src/storage/s3/index.ts', 'the SDK for S3 is optional'],
  ['src/storage/storage.ts', '@aws-sdk/client-s3', 'the SDK for S3 is optional'],
  ['src/storage/storage.ts', '@temporalio/common', 'sources and sinks know no Temporal'],
  ['src/client/start-await-job.ts', 'src/api/client.ts', 'a client of Temporal has no key'],
  ['src/client/start-await-job.ts', 'workflows/await-job-completion.ts', 'a client runs no workflow code'],
  ['src/index.ts', 'workflows/index.ts', 'the main entry brings Node'],
  ['src/index.ts', 'src/testing/index.ts', 'test tools have their own entry'],
  ['src/index.ts', 'src/storage/s3/index.ts', 'the SDK for S3 is optional'],
  ['src/plugin.ts', 'workflows/index.ts', 'a bundle has the workflows'],
  ['src/plugin.ts', 'src/client/start-await-job.ts', 'a worker starts nothing'],
  ['src/webhooks/handler.ts', 'src/api/client.ts', 'a receiver of webhooks has no key'],
  ['src/webhooks/handler.ts', 'src/client/start-await-job.ts', 'a delivery starts no wait'],
  [
    'src/webhooks/signature.ts',
    'src/testing/fake/webhooks/sender.ts',
    'the signature is checked by other code than makes it',
  ],
  [
    'src/testing/fake/webhooks/sender.ts',
    'src/webhooks/signature.ts',
    'the signature is made by other code than checks it',
  ],
  ['src/testing/environment.ts', 'src/api/client.ts', 'test tools know nothing of what is tested with them'],
  ['src/testing/fake/world/world.ts', 'src/api/operations/jobs.ts', 'the fake is no mirror of the client'],
  ['src/testing/fake/http/server.ts', 'src/api/http/transport.ts', 'the fake is no mirror of the client'],
  ['src/testing/index.ts', 'src/plugin.ts', 'test tools know nothing of what is tested with them'],
  ['src/index.ts', 'src/cli/main.ts', 'nobody imports the program'],
  ['src/testing/index.ts', 'src/cli/server/ports.ts', 'nobody imports the program'],
  ['src/cli/dispatch.ts', 'undici', 'the program asks by what is tested'],
  ['src/core/job.ts', 'test/core/fixtures.ts', 'nothing in the package comes from its tests'],
  ['src/cli/dispatch.ts', 'scripts/demo.ts', 'nothing in the package comes from around it'],
  ['src/testing/index.ts', 'test/support/gate.ts', 'nothing in the package comes from its tests'],
  ['activities/index.ts', 'bench/report.ts', 'nothing in the package comes from around it'],
  ['workflows/index.ts', 'examples/workflows.ts', 'nothing in the package comes from around it'],
  ['examples/worker.ts', 'src/plugin.ts', 'examples use what is public'],
  ['examples/worker.ts', 'test/support/gate.ts', 'examples can be copied'],
] as const;

/** Where types may cross, but no values. */
const TYPES_ONLY = [
  ['workflows/run/start.ts', 'activities/start-job.ts', 'a sandbox runs no activity'],
  ['workflows/wait/poll.ts', 'activities/get-job.ts', 'a sandbox runs no activity'],
  ['activities/get-job.ts', 'src/api/client.ts', 'an activity gets its client handed in'],
] as const;

function treeOf(kind: Kind): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [from, to] of [...FORBIDDEN, ...TYPES_ONLY]) {
    if (isFile(to)) files[to] ??= '';
    files[from] = (files[from] ?? '') + importOf(from, to, kind);
  }
  return files;
}

describe('walls that stand whatever the table says', () => {
  let values: string[];
  let types: string[];
  beforeAll(async () => {
    values = await refusedIn(treeOf('value'));
    types = await refusedIn(treeOf('type'));
  });

  it('stand between files that exist', () => {
    const named = [...FORBIDDEN, ...TYPES_ONLY].flatMap(([from, to]) => [from, to]).filter(isFile);
    expect(named.filter((path) => !existsSync(join(__dirname, '../..', path)))).toEqual([]);
  });

  test.each(FORBIDDEN)('%s imports nothing of %s: %s', (from, to) => {
    expect(values).toContain(`not-in-allowed: ${from} → ${to}`);
  });

  test.each(FORBIDDEN)('%s imports no type of %s: %s', (from, to) => {
    expect(types).toContain(`not-in-allowed: ${from} → ${to}`);
  });

  test.each(TYPES_ONLY)('%s imports types of %s, and no values: %s', (from, to) => {
    expect(types).not.toContain(`not-in-allowed: ${from} → ${to}`);
    expect(values).toContain(`not-in-allowed: ${from} → ${to}`);
  });
});

/** Memory is measured of waits that sleep, throughput of the checks that were made; the worker is a process of its own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { NEVER, startSleepers } from '../../../bench/load/memory';
import { Side, type Place } from '../../../bench/load/side';
import { checksPerSecond } from '../../../bench/load/throughput';
import { benchBundle } from '../../../bench/support/bundle';
import { NAIVE_LOOP, OURS } from '../../../bench/support/patterns';
import { sample } from '../../support/breadth';
import { collectLogs } from '../../support/logs';
import { connectToDevServer } from '../../support/shared-dev-server';
import { temporaryFolder } from '../../testing/temporary-folder';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  collectLogs();
  env = await connectToDevServer();
});
afterAll(() => env.teardown());

async function place(): Promise<Place> {
  const codePath = join(await temporaryFolder(), 'bundle.js');
  await writeFile(codePath, (await benchBundle()).code);
  return { client: env.client, address: env.address, codePath, activitySlots: 10 };
}

test.each(sample([OURS, NAIVE_LOOP], 1))('$name sleeps after one check each', async (pattern) => {
  await using side = await Side.start(pattern, await place(), NEVER, 10);
  await startSleepers(side, 2);
  expect((await side.worker.status()).checks).toBe(2);
});

describe.each(sample([OURS, NAIVE_LOOP], 1))('$name', (pattern) => {
  it('has no memory measured where its waits end', async () => {
    await using side = await Side.start(pattern, await place(), 1, 10);
    await expect(startSleepers(side, 2)).rejects.toThrow(`A wait by ${pattern.name} ended as COMPLETED.`);
  });

  it('has its throughput measured where it makes the checks that were asked for, and only there', async () => {
    await using side = await Side.start(pattern, await place(), 2, 10);
    expect(await checksPerSecond(side, 2, 2)).toBeGreaterThan(0);
    await expect(checksPerSecond(side, 2, 3)).rejects.toThrow(`2 waits by ${pattern.name} made 4 checks instead of 6.`);
  });
});

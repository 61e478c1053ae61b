// A batch of a folder, whose outputs a template names: if its worker is killed as it writes the plan, the plan has each document once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startRunJobs } from '../../src';
import { PLAN_NAME, recordsFolder } from '../../src/core/batch/records';
import { expectWhole } from '../support/batch-outcomes';
import { readRecords } from '../support/batches';
import { batchOf } from './support/batch';
import { useDevServer } from './support/dev-server';
import { startStoringWorker } from './support/storing-worker';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();
const COUNT = 60;

test('killed as it writes the plan', { timeout: 300_000 }, async ({ onTestFinished }) => {
  await withApi(
    async (setup) => {
      const { folder, to, input } = await batchOf(setup, COUNT, onTestFinished, { perJob: 10, parallel: 6 });
      const refs = (input.documents as { ref: string }[]).map(({ ref }) => ref);
      const from = refs[0]!.slice(0, refs[0]!.lastIndexOf('/') + 1);
      const records = join(folder, 'out', recordsFolder(input.key));
      await using first = new WorkerProcess();
      await first.run(setup, 'first', folder);
      const outputs = { to, name: '{path}/{stem}.json' };
      const handle = await startRunJobs(setup.client, { ...input, documents: { from }, outputs });
      await vi.waitUntil(() => existsSync(join(records, 'plan')), { timeout: 60_000, interval: 2 });
      await first.kill();
      console.log(`killed ${existsSync(join(records, PLAN_NAME)) ? 'after' : 'before'} the plan was there`);
      await startStoringWorker(setup, folder);

      const { counts } = await handle.result();
      expect(counts).toMatchObject({ documents: COUNT, ok: COUNT, jobs: COUNT / 10 });
      const told = await readRecords(to, input.key);
      expect(told.parts.flat().map(({ ref }) => ref)).toEqual(refs);
      await expectWhole(to, told);
    },
    { startedJobs: { timeline: ['COMPLETED'] } },
  );
});

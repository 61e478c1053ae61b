// A batch on a real server: whatever is killed, each document is once in the manifest, and none is paid for twice.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, type TestContext } from 'vitest';
import { batchProgress, startRunJobs, type StartRunJobsOptions } from '../../src';
import type { FakeUnstructured } from '../../src/testing';
import { readRecords } from '../support/batches';
import { eventsOf } from '../support/histories';
import { randomFrom } from '../support/random';
import { temporaryFolder } from '../testing/temporary-folder';
import { OFTEN, type Setup, useDevServer } from './support/dev-server';
import { eventually } from './support/eventually';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();

interface Batch {
  folder: string;
  to: string;
  input: StartRunJobsOptions;
}

async function batchOf(
  { queue }: Setup,
  count: number,
  onFinished: TestContext['onTestFinished'],
  options: Partial<StartRunJobsOptions> = {},
): Promise<Batch> {
  const folder = await temporaryFolder(onFinished);
  await mkdir(join(folder, 'in'));
  const names = Array.from({ length: count }, (_, n) => `doc-${String(n).padStart(4, '0')}.txt`);
  for (const name of names) await writeFile(join(folder, 'in', name), `text of ${name}`);
  const to = pathToFileURL(join(folder, 'out')).href;
  const documents = names.map((name) => ({ ref: pathToFileURL(join(folder, 'in', name)).href }));
  const input = {
    key: `batch-${queue}`,
    taskQueue: queue,
    start: { templateId: 't' },
    documents,
    outputs: { to },
    ...OFTEN,
    ...options,
  } as StartRunJobsOptions;
  return { folder, to, input };
}

/** Each document is once in the manifest, as good, with its output, and in one job. */
async function expectEachOnce(api: FakeUnstructured, { to, input }: Batch): Promise<void> {
  const { parts } = await readRecords(to, input.key);
  const lines = parts.flat();
  const refs = (input.documents as { ref: string }[]).map(({ ref }) => ref);
  expect(lines.map(({ ref }) => ref)).toEqual(refs);
  expect(lines.filter(({ status, outputs }) => status !== 'ok' || outputs.length !== 1)).toEqual([]);
  expect(new Set(lines.map(({ outputs }) => outputs[0]?.location)).size).toBe(refs.length);
  expect(api.jobs).toHaveLength(parts.length);
}

test('no more jobs run at a time than may, and each adds nine events to the history of the batch', async ({
  onTestFinished,
}) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, 12, onTestFinished, { perJob: 1, parallel: 3 });
      await using worker = new WorkerProcess();
      await worker.run(setup, 'only', batch.folder);
      const handle = await startRunJobs(client, batch.input);
      let most = 0;
      const result = handle.result();
      for (let isOver = false; !isOver;) {
        isOver = await Promise.race([result.then(() => true), new Promise<false>((go) => setTimeout(go, 100, false))]);
        const { running } = await handle.query(batchProgress);
        most = Math.max(most, running.length);
      }
      expect((await result).counts).toMatchObject({ documents: 12, ok: 12, jobs: 12, failedJobs: 0 });
      expect(most).toBe(3);
      await expectEachOnce(api, batch);
      const events = await eventsOf(handle);
      expect(events.length).toBeLessThanOrEqual(12 * 9 + 20);
      expect(JSON.stringify(events.slice(1)).includes('doc-0003')).toBe(
        JSON.stringify(events.slice(4)).includes('doc-0003'),
      );
    },
    { startedJobs: { timeline: [['IN_PROGRESS', '2s'], ['COMPLETED']] } },
  );
});

test(
  'workers that are killed again and again lose nothing, and start no job twice',
  { timeout: 240_000 },
  async ({ onTestFinished }) => {
    await withApi(
      async (setup) => {
        const batch = await batchOf(setup, 10, onTestFinished, { perJob: 2, parallel: 2 });
        const handle = await startRunJobs(setup.client, batch.input);
        const random = randomFrom(7);
        for (let n = 0; n < 4; n++) {
          await using worker = new WorkerProcess();
          await worker.run(setup, `worker ${n}`, batch.folder);
          const before = (await eventsOf(handle)).length;
          await eventually(async () => (await eventsOf(handle)).length > before + Math.floor(random() * 6));
          await worker.kill();
        }
        await using last = new WorkerProcess();
        await last.run(setup, 'last', batch.folder);
        const { counts } = await handle.result();
        const { manifest } = await readRecords(batch.to, batch.input.key);
        expect(counts.documents).toBe(10);
        // Nobody can know of a start whose worker died as it was sent: it is told, and not sent again.
        expect(counts.missing).toBe(manifest.uncertainStarts.length * 2);
        if (counts.missing === 0) await expectEachOnce(setup.api, batch);
        expect(setup.api.jobs.length).toBeLessThanOrEqual(counts.jobs);
      },
      { startedJobs: { timeline: [['IN_PROGRESS', '1s'], ['COMPLETED']] } },
    );
  },
);

test('a batch that is terminated goes on under its key: what is through is not run again', async ({
  onTestFinished,
}) => {
  await withApi(
    async (setup) => {
      const { api, client } = setup;
      const batch = await batchOf(setup, 4, onTestFinished, { perJob: 1, parallel: 1 });
      await using worker = new WorkerProcess();
      await worker.run(setup, 'only', batch.folder);
      const first = await startRunJobs(client, batch.input);
      await eventually(async () => (await first.query(batchProgress)).done.jobs === 2);
      await first.terminate();
      const { counts } = await (await startRunJobs(client, batch.input)).result();
      expect(counts).toMatchObject({ documents: 4, ok: 4, failedJobs: 0 });
      const { parts } = await readRecords(batch.to, batch.input.key);
      expect(parts.flat().map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
      const statuses = await Promise.all(api.jobs.map((job) => job.status()));
      expect(statuses.filter((status) => status === 'COMPLETED')).toHaveLength(4);
    },
    { startedJobs: { timeline: [['IN_PROGRESS', '2s'], ['COMPLETED']] } },
  );
});

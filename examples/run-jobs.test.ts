import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ScheduleHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { type Manifest, startRunJobs, UnstructuredPlugin } from 'temporal-unstructured';
import { createDevEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { runBatch } from './run-jobs';
import { createNightly } from './schedule';
import { parseNightly } from './workflows';

test('a folder goes to files and a manifest, and each night only what is new in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-'));
  const env = await createDevEnvironment(); // a real server: the one for tests that skips time has no Schedules
  const api = await FakeUnstructured.start();
  api.setStartedJobs({ timeline: ['COMPLETED'] });
  await mkdir(join(folder, 'in/drafts'), { recursive: true });
  const names = Array.from({ length: 12 }, (_, n) => `invoice-${n}.pdf`);
  for (const name of [...names, 'drafts/m.pdf', 'notes.txt'])
    await writeFile(join(folder, 'in', name), `text of ${name}`);
  const pages: string[] = [];
  const from = pathToFileURL(join(folder, 'in/')).href;
  const to = pathToFileURL(join(folder, 'parsed')).href;
  const night = async (nightly: ScheduleHandle, runs: number): Promise<Manifest> => {
    await nightly.trigger('SKIP'); // as the Schedule itself starts a run: the default tells it nothing of the last one
    for (;;) {
      const { recentActions, runningActions } = (await nightly.describe()).info;
      const { workflowId } = recentActions[runs - 1]?.action.workflow ?? {};
      if (workflowId !== undefined && runningActions.length === 0)
        return read(await env.client.workflow.getHandle<typeof parseNightly>(workflowId).result());
      await new Promise((go) => setTimeout(go, 100));
    }
  };
  try {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'documents',
      workflowsPath: require.resolve('./workflows'),
      activities: { page: (text: string) => Promise.resolve(pages.push(text)) },
      plugins: [
        new UnstructuredPlugin({
          baseUrl: api.url,
          apiKey: api.apiKey,
          documents: { folders: [folder] },
          outputs: { folders: [folder] },
          watch: { tick: '1 second' },
        }),
      ],
    });
    const nightly = await createNightly(env.client, from, `${to}/nightly`);
    await worker.runUntil(async () => {
      const { counts } = await runBatch(env.client, 'invoices', from, to);
      assert.deepEqual([counts.documents, counts.ok, counts.jobs], [12, 12, 2]);
      assert.equal((await readdir(join(folder, 'parsed'))).length, 12 + 1); // and the folder of the manifest

      assert.equal((await night(nightly, 1)).counts.ok, 14);
      await writeFile(join(folder, 'in/new.pdf'), 'a new one');
      const { counts: second, leftOut } = await night(nightly, 2);
      assert.deepEqual([second.ok, leftOut], [1, { unchanged: 14 }]);
      assert.equal(pages.length, 0);

      await writeFile(join(folder, 'in/bad.pdf'), 'one that fails');
      api.setStartedJobs({ timeline: ['COMPLETED'], failedFiles: { 'bad.pdf': 'encrypted' } });
      const third = await night(nightly, 3); // more failed than is tolerated: somebody hears of it, and the manifest is there
      assert.deepEqual([third.outcome, third.counts.failed, third.leftOut], ['stopped', 1, { unchanged: 15 }]);
      assert.deepEqual([pages.length, pages[0]?.startsWith(third.key)], [1, true]);
      assert.match(third.key, /^nightly-[\w.-]+$/);

      api.setStartedJobs({ timeline: ['COMPLETED'] });
      const last = `${to}/nightly/_manifests/${third.key}/manifest.json`;
      const args: [string, string, string] = [from, `${to}/nightly`, last];
      const options = { workflowId: 'by-hand', taskQueue: 'documents', args };
      const byHand = await read(await env.client.workflow.execute(parseNightly, options));
      assert.deepEqual([byHand.counts.ok, byHand.leftOut], [1, { unchanged: 15 }]);

      const again = {
        key: 'again',
        taskQueue: 'documents',
        start: { templateId: 'hi_res_partition' },
        retryFailed: last,
      };
      const outputs = { to: `${to}/nightly`, name: '{path}/{stem}.json' };
      const retried = await (await startRunJobs(env.client, { ...again, outputs })).result();
      assert.deepEqual([retried.counts.documents, retried.counts.ok], [1, 1]);
      args[2] = retried.manifest.location; // it names that of its night in turn
      const onRetried = await env.client.workflow.execute(parseNightly, { ...options, workflowId: 'on-retried' });
      assert.deepEqual((await read(onRetried)).leftOut, { unchanged: 16 });
    });
  } finally {
    await Promise.all([api.close(), env.teardown(), rm(folder, { recursive: true })]);
  }
});

async function read(location: string): Promise<Manifest> {
  return JSON.parse(await readFile(fileURLToPath(location), 'utf8')) as Manifest;
}

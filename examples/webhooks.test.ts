import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { progress, startAwaitJob, UnstructuredPlugin } from 'temporal-unstructured';
import { createDevEnvironment, FakeUnstructured } from 'temporal-unstructured/testing';
import { createWebhookServer, createWebhookServerOfTwoSecrets } from './webhooks';

test('a wait that looks every six hours has its result when the webhook comes', async () => {
  process.env['WEBHOOK_API_KEY'] = 'a new secret of 24 bytes';
  delete process.env['WEBHOOK_OLD_API_KEY'];
  await hasItsResult(createWebhookServer, 'a new secret of 24 bytes');
});

test('while the secret is changed, a delivery with the old one is good, too', async () => {
  process.env['WEBHOOK_API_KEY'] = 'a new secret of 24 bytes';
  process.env['WEBHOOK_OLD_API_KEY'] = 'an old secret of 24 bytes';
  await hasItsResult(createWebhookServerOfTwoSecrets, 'an old secret of 24 bytes');
});

async function hasItsResult(createServer: (client: Client) => Server, secret: string): Promise<void> {
  const env = await createDevEnvironment(); // real time, since a webhook comes when it comes
  const server = createServer(env.client).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const api = await FakeUnstructured.start({ webhooks: [{ url, secret }] });
  try {
    const job = api.addJob({ startsAt: 'firstCheck', timeline: ['IN_PROGRESS'] });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'documents',
      workflowsPath: require.resolve('./workflows'),
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey })],
    });
    await worker.runUntil(async () => {
      const handle = await startAwaitJob(env.client, job.id, { taskQueue: 'documents', safetyGap: '6 hours' });
      while ((await handle.query(progress)).activity !== 'sleeping') await setTimeout(50);
      job.setStatus('COMPLETED');
      const { wait } = await handle.result();
      assert.deepEqual([wait.checks, wait.hints], [2, 1]);
    });
    await api.deliver(); // its answer is there
    assert.equal(api.deliveries.at(-1)?.answer, '{"result":"signalled","waiters":1}');
  } finally {
    server.close();
    await Promise.all([api.close(), env.teardown()]);
  }
}

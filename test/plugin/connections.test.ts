// Connections to the API are kept between checks, and closed when the last worker of the plugin stops.
import { Worker } from '@temporalio/worker';
import { createServer, type Socket } from 'node:net';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { startAwaitJob, UnstructuredPlugin } from '../../src';
import { testBundle } from '../support/bundle';
import { onServer, RARELY, useTimeSkipping, type Setup } from '../support/time-skipping';

const withWorker = useTimeSkipping();

/** A door in front of `url` that counts who goes through. */
async function startDoor(url: string) {
  const open = new Set<Socket>();
  let opened = 0;
  const server = createServer((socket) => {
    opened++;
    open.add(socket);
    const upstream = connect(Number(new URL(url).port), '127.0.0.1');
    socket.pipe(upstream).pipe(socket);
    for (const end of [socket, upstream]) end.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    get open() {
      return open.size;
    },
    get opened() {
      return opened;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A worker with this plugin that runs until it is told to stop, and a wait on it. */
async function startWorker({ env, api }: Setup, plugin: UnstructuredPlugin, taskQueue: string) {
  const options = { ...onServer(env), taskQueue, plugins: [plugin] };
  const worker = await Worker.create({ ...options, workflowBundle: testBundle() });
  const running = worker.run();
  return {
    wait: async () => {
      const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });
      return (await startAwaitJob(env.client, job.id, { taskQueue, ...RARELY })).result();
    },
    stop: async () => {
      worker.shutdown();
      await running;
    },
  };
}

test('two workers share a plugin: the first one that stops leaves the other its connection, the last closes it', async () => {
  await withWorker(async (setup) => {
    await using door = await startDoor(setup.api.url);
    const plugin = new UnstructuredPlugin({ baseUrl: door.url, apiKey: setup.api.apiKey });
    const first = await startWorker(setup, plugin, 'first');
    const second = await startWorker(setup, plugin, 'second');
    try {
      await first.wait();
      await second.wait();
      await first.stop();
      await second.wait();
      expect({ open: door.open, opened: door.opened }).toEqual({ open: 1, opened: 1 });
    } finally {
      await second.stop();
    }
    await vi.waitFor(() => expect(door.open).toBe(0), { timeout: 10_000 });
  });
});

test('one connection serves the checks of a wait, until the worker stops, and a later worker opens its own', async () => {
  await withWorker(async ({ env, api }) => {
    await using door = await startDoor(api.url);
    const plugin = new UnstructuredPlugin({ baseUrl: door.url, apiKey: api.apiKey });
    const runWorker = async () => {
      const options = { ...onServer(env), taskQueue: 'door', plugins: [plugin] };
      const worker = await Worker.create({ ...options, workflowBundle: testBundle() });
      await worker.runUntil(async () => {
        const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 3 }], ['COMPLETED']] });
        await (await startAwaitJob(env.client, job.id, { taskQueue: 'door', ...RARELY })).result();
        expect(door.open).toBe(1);
      });
      await vi.waitFor(() => expect(door.open).toBe(0), { timeout: 10_000 });
    };
    await runWorker();
    expect(door.opened).toBe(1);
    await runWorker();
    expect(door.opened).toBe(2);
  });
});

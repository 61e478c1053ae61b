// A worker that is killed costs nothing but time: the next one goes on where it stopped.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { expect, test } from 'vitest';
import { progress, runProgress, startRunJob } from '../../src';
import type { DocumentSource } from '../../src/storage/source';
import { faults } from '../../src/testing';
import { eventsOf } from '../support/histories';
import { uploadProxy } from '../support/upload-proxy';
import { temporaryFolder } from '../testing/temporary-folder';
import { OFTEN, useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';
import { startStoringWorker } from './support/storing-worker';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();
const MEGABYTE = 1_000_000;

test.concurrent('killed while the wait sleeps', async () => {
  await withApi(async (setup) => {
    const { api, start } = setup;
    await using first = new WorkerProcess();
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });
    const handle = await start(job, { minimumGap: '10 seconds' });
    await first.run(setup, 'first');
    await eventually(async () =>
      expect(await handle.query(progress)).toMatchObject({ activity: 'sleeping', checks: 1 }),
    );
    await first.kill();
    expect(job.checks).toBe(1);
    await startStoringWorker(setup);
    const { wait, outputNodeFiles } = await handle.result();

    expect(wait).toMatchObject({ checks: 2, failures: {} });
    expect(outputNodeFiles).toHaveLength(4);
    expect(job.checks).toBe(2);
    const checkedBy = attributesOf(await eventsOf(handle), 'activityTaskStartedEventAttributes').map((e) => e.identity);
    expect(checkedBy.slice(0, 2)).toEqual(['first', 'second']);
  });
});

test.concurrent('killed while a check waits for the answer', async () => {
  await withApi(async (setup) => {
    const { api, start } = setup;
    await using first = new WorkerProcess();
    const job = api.addJob({ timeline: ['COMPLETED'], faults: [[1, faults.hang()]] });
    const handle = await start(job, OFTEN);
    await first.run(setup, 'first');
    await eventually(() => expect(job.checks).toBe(1));
    await first.kill();
    await startStoringWorker(setup);
    const { wait } = await handle.result();

    expect(wait).toMatchObject({ checks: 1, failures: {} });
    const [check] = attributesOf(await eventsOf(handle), 'activityTaskStartedEventAttributes');
    expect(check).toMatchObject({
      identity: 'second',
      attempt: 2,
      lastFailure: { message: 'activity Heartbeat timeout' },
    });
  });
});

// Temporal accepted no heartbeat that announces the sending, so that the start was certainly not sent.
test.concurrent.for(['at once', 'after heartbeats'])(
  'killed %s with a start in hand, before the first byte: the next worker sends it, once',
  { timeout: 180_000 },
  async (when, { onTestFinished }) => {
    await withApi(async (setup) => {
      const { api, client, queue } = setup;
      const folder = await temporaryFolder(onTestFinished);
      api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
      const handle = await startRunJob(client, {
        key: `not-sent-${queue}`,
        taskQueue: queue,
        start: { templateId: 't' },
        documents: [{ ref: 'stuck:a.pdf' }],
        ...OFTEN,
      });
      await using first = new WorkerProcess();
      await first.run(setup, 'first', folder);
      await eventually(() => expect(existsSync(join(folder, 'opening'))).toBe(true));
      if (when === 'after heartbeats') await eventually(async () => expect(await isBeating(handle)).toBe(true));
      await first.kill();
      await startStoringWorker(setup, folder, { stuck: loose });
      const { job, start, documents } = await handle.result();
      expect(start).toEqual({ how: 'answered', sends: 2 });
      expect(documents).toMatchObject([{ status: 'ok' }]);
      expect(api.jobs.map(({ id }) => id)).toEqual([job.id]);
      expect(api.requests.filter(({ operation }) => operation === 'createJob')).toHaveLength(1);
    });
  },
);

/** Whether Temporal took a heartbeat of the activity that is under way. */
async function isBeating(handle: WorkflowHandle): Promise<boolean> {
  const { raw } = await handle.describe();
  const [activity] = raw.pendingActivities ?? [];
  return timeOf(activity?.lastHeartbeatTime) > timeOf(activity?.lastStartedTime);
}

function timeOf(stamp: Parameters<typeof optionalTsToMs>[0]): number {
  return optionalTsToMs(stamp) ?? 0;
}

const loose: DocumentSource = { open: () => Promise.resolve({ bytes: 4, stream: () => text() }) };

async function* text() {
  yield await Promise.resolve(Buffer.from('text'));
}

test.concurrent(
  'killed after half of a large document: the start may have been received, so that its job is looked for, and nothing is sent',
  { timeout: 180_000 },
  async ({ onTestFinished }) => {
    const proxy = await uploadProxy(4 * MEGABYTE, 'stall', onTestFinished);
    await withApi(async (setup) => {
      const { api, client, queue } = setup;
      proxy.target = api.url;
      const folder = await temporaryFolder(onTestFinished);
      await mkdir(join(folder, 'in'));
      const path = join(folder, 'in', 'a.pdf');
      await writeFile(path, 'x'.repeat(8 * MEGABYTE));
      const handle = await startRunJob(client, {
        key: `killed-${queue}`,
        taskQueue: queue,
        start: { templateId: 't' },
        documents: [{ ref: pathToFileURL(path).href }],
        ...OFTEN,
      });
      await using first = new WorkerProcess();
      await first.run(setup, 'first', folder, proxy.url);
      await eventually(() => expect(proxy.isReached).toBe(true));
      await first.kill();
      await startStoringWorker(setup, folder);
      await eventually(async () =>
        expect(await handle.query(runProgress)).toMatchObject({
          phase: 'searching',
          start: { sends: 1, lastError: { type: 'TimeoutFailure' } },
        }),
      );
      await eventually(() => expect(api.requests.at(-1)?.operation).toBe('listJobs'));
      await handle.terminate();
      expect(api.requests.filter(({ operation }) => operation === 'createJob')).toHaveLength(1);
      expect(api.jobs).toEqual([]);
    });
  },
);

// What somebody does to one job of a batch is that job's alone.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batchProgress } from '../../../src';
import { useBatches } from '../../support/batches';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

const STOPPED = 'the run of its job was cancelled, and the job did not succeed';

test('a run that is cancelled by itself ends no other, and its documents are missing', async () => {
  await withBatches(async ({ documents, startBatch, records, to, env }) => {
    const input = { start: { templateId: 't' }, documents: await documents(2), outputs: { to }, perJob: 1, ...RARELY };
    const handle = await startBatch(input, 'one-cancelled');
    await env.sleep('5 seconds');
    expect((await handle.query(batchProgress)).running.map(({ key }) => key)).toContain('one-cancelled/1');
    await env.client.workflow.getHandle('one-cancelled/1').cancel();
    const { counts } = await handle.result();
    expect(counts).toEqual({ documents: 2, ok: 1, failed: 0, refused: 0, missing: 1, jobs: 2, failedJobs: 1 });
    const { manifest, parts } = await records('one-cancelled');
    expect(manifest).toMatchObject({ outcome: 'completed', unsettledJobs: [] });
    expect(parts.flat().map(({ status }) => status)).toEqual(['missing', 'ok']);
  });
});

test('a run that is cancelled replaces what an earlier run of the batch wrote', async () => {
  await withBatches(async ({ api, documents, startBatch, runBatch, records, to, env }) => {
    const input = { start: { templateId: 't' }, documents: await documents(1), outputs: { to }, ...RARELY };
    api.setStartedJobs({ timeline: ['STOPPED'] });
    expect((await runBatch(input, 'told-before')).counts).toMatchObject({ failed: 1 });
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const handle = await startBatch(input, 'told-before'); // starts the job anew
    await env.sleep('5 seconds');
    await env.client.workflow.getHandle('told-before/1.2').cancel();
    expect((await handle.result()).counts).toMatchObject({ failed: 0, missing: 1 });
    const { parts } = await records('told-before');
    expect(parts.flat()).toMatchObject([{ status: 'missing', reason: STOPPED, unsettled: false }]);
  });
});

test('a batch that is cancelled tells of a job under way nothing that an earlier run of the batch wrote', async () => {
  await withBatches(async ({ api, documents, startBatch, runBatch, records, to, env }) => {
    const input = { start: { templateId: 't' }, documents: await documents(1), outputs: { to }, ...RARELY };
    api.setStartedJobs({ timeline: ['STOPPED'] });
    expect((await runBatch(input, 'cancelled-later')).counts).toMatchObject({ failed: 1 });
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const handle = await startBatch(input, 'cancelled-later'); // starts the job anew
    await env.sleep('5 seconds');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
    const { manifest, parts } = await records('cancelled-later');
    expect(manifest).toMatchObject({ outcome: 'cancelled', counts: { failed: 0, missing: 1 } });
    expect(parts.flat()).toMatchObject([{ status: 'missing', reason: STOPPED, unsettled: false }]);
  });
});

test('a part of the manifest that is deleted while the batch runs is no document that is ok', async () => {
  await withBatches(async ({ api, documents, startBatch, records, to, outbox, env }) => {
    const input = { start: { templateId: 't' }, documents: await documents(2), outputs: { to }, perJob: 1, ...RARELY };
    const handle = await startBatch({ ...input, parallel: 1 }, 'part-deleted');
    while (api.jobs.length < 2) await env.sleep('1 minute');
    await rm(join(outbox, '_manifests', 'part-deleted', 'manifest', 'part-00001.jsonl'));
    const { counts } = await handle.result();
    expect(counts).toMatchObject({ documents: 2, ok: 1, missing: 1 });
    const { manifest, parts } = await records('part-deleted');
    expect(manifest.counts).toEqual(counts);
    expect(parts.flat()).toMatchObject([
      { status: 'missing', unsettled: true, reason: expect.stringContaining('ended without a result'), outputs: [] },
      { status: 'ok' },
    ]);
  });
});

test('a job that is stopped in Unstructured is started anew when the batch is run again', async () => {
  await withBatches(async ({ api, documents, startBatch, runBatch, to, env }) => {
    const input = { start: { templateId: 't' }, documents: await documents(2), outputs: { to }, perJob: 1, ...RARELY };
    const handle = await startBatch(input, 'one-stopped');
    await env.sleep('5 seconds');
    api.jobs[0]!.setStatus('STOPPED');
    expect((await handle.result()).counts).toMatchObject({ ok: 1, failed: 1, failedJobs: 1 });
    expect((await runBatch(input, 'one-stopped')).counts).toMatchObject({ ok: 2, failed: 0, failedJobs: 0 });
    expect(api.jobs).toHaveLength(3);
    const anew = await env.client.workflow.getHandle('one-stopped/1.2').describe();
    expect(anew.status.name).toBe('COMPLETED');
  });
});

test('a job that is taken up and stopped then is not started anew', async () => {
  await withBatches(async ({ api, documents, startBatch, to, env }) => {
    const input = { start: { templateId: 't' }, documents: await documents(1), outputs: { to }, ...RARELY };
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const left = await startBatch({ ...input, onCancel: 'leave' }, 'stopped-later');
    await env.sleep('5 seconds');
    await left.cancel();
    await expect(left.result()).rejects.toThrow('cancelled');
    const handle = await startBatch({ ...input, onCancel: 'leave' }, 'stopped-later');
    await env.sleep('5 seconds');
    api.jobs[0]!.setStatus('STOPPED');
    expect((await handle.result()).counts).toMatchObject({ failed: 1, failedJobs: 1 });
    expect(api.jobs).toHaveLength(1);
  });
});

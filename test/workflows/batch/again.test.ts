// A key stands for one batch: run again, it goes on where it stood.
import { expect, test } from 'vitest';
import { useBatches } from '../../support/batches';
import { failureOf } from '../../support/failure-of';
import { RARELY, type RunOptions } from '../../support/time-skipping';

const withBatches = useBatches();

const START = { start: { templateId: 'hi_res_partition' }, ...RARELY };
const ONE_HOUR: RunOptions = { fake: { startedJobs: { timeline: [['IN_PROGRESS', '1h'], ['COMPLETED']] } } };

test('a batch that is cancelled leaves no job running, tells what is there, and goes on under its key', async () => {
  await withBatches(async ({ api, documents, startBatch, runBatch, records, to, env }) => {
    const input = { ...START, documents: await documents(6), outputs: { to }, perJob: 1, parallel: 2 };
    const handle = await startBatch(input, 'again-1');
    await env.sleep('90 minutes');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
    const statuses = await Promise.all(api.jobs.map((job) => job.status()));
    expect(statuses).toEqual(['COMPLETED', 'COMPLETED', 'STOPPED', 'STOPPED']);
    const { manifest, parts } = await records('again-1');
    expect(manifest).toMatchObject({ outcome: 'cancelled', counts: { documents: 6, ok: 2, missing: 4 } });
    expect(parts.flat().map(({ status }) => status)).toEqual(['ok', 'ok', 'missing', 'missing', 'missing', 'missing']);

    const { counts } = await runBatch(input, 'again-1');
    expect(counts).toEqual({ documents: 6, ok: 6, failed: 0, refused: 0, missing: 0, jobs: 6, failedJobs: 0 });
    expect(api.jobs).toHaveLength(8);
    expect((await records('again-1')).manifest).toMatchObject({ outcome: 'completed', counts });
  }, ONE_HOUR);
});

test.each([
  ['documents', (input: object, other: object) => ({ ...input, documents: [other] })],
  ['a start', (input: object) => ({ ...input, start: { templateId: 'other' } })],
  ['jobs of another size', (input: object) => ({ ...input, perJob: 3 })],
])('the same key with other %s is refused', async (what, change) => {
  await withBatches(async ({ documents, runBatch, to }) => {
    const key = `other ${what}`;
    const [first, second] = await documents(2);
    const input = { ...START, documents: [first!], outputs: { to } };
    await runBatch(input, key);
    const again = runBatch(change(input, second!) as typeof input, key);
    const { message } = await failureOf('UnstructuredValidationError', again);
    expect(message).toContain(`The key "${key}" has a batch of other documents or options`);
    expect(message).not.toContain('doc-');
  });
});

test('run again after its end, a batch gives the same answer and starts nothing', async () => {
  await withBatches(async ({ api, documents, runBatch, to }) => {
    const input = { ...START, documents: await documents(3), outputs: { to }, perJob: 2 };
    const first = await runBatch(input, 'again-4');
    expect(await runBatch(input, 'again-4')).toEqual(first);
    expect(api.jobs).toHaveLength(2);
  });
});

test('a key whose runs are of another batch, whose plan stands elsewhere, is refused', async () => {
  await withBatches(async ({ api, documents, runBatch, to }) => {
    const [first, second] = await documents(2);
    await runBatch({ ...START, documents: [first!], outputs: { to } }, 'elsewhere');
    const other = runBatch({ ...START, documents: [second!], outputs: { to: `${to}/elsewhere` } }, 'elsewhere');
    await failureOf('UnstructuredValidationError', other);
    expect(api.jobs).toHaveLength(1);
  });
});

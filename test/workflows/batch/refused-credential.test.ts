// A storage that refuses the worker's credential is asked again for credentialBudget, whatever of a batch is to be read or written.
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../src';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import type { OutputSink, OutputTarget } from '../../../src/storage/sink';
import { type BatchSetup, useBatches } from '../../support/batches';
import { failureOf } from '../../support/failure-of';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();
const MINUTE = 60_000;
const TO = 'mem://out';

/** Whether a record, by its name, is refused. */
type Refuses = (call: 'read' | 'store', name: string, isPlanned: boolean) => boolean;

/** A sink that keeps all in memory, and may refuse records. */
class Refusing implements OutputSink {
  readonly #stored = new Map<string, Buffer>();
  refuses: Refuses = () => false;

  find() {
    return Promise.resolve(undefined);
  }

  async store({ to, name }: Pick<OutputTarget, 'to' | 'name'>, body: AsyncIterable<Uint8Array>) {
    const bytes = await buffer(body);
    this.#judge('store', `${to}/${name}`);
    this.#stored.set(`${to}/${name}`, bytes);
    return { location: `${to}/${name}`, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async read({ to, name }: Pick<OutputTarget, 'to' | 'name'>) {
    this.#judge('read', `${to}/${name}`);
    const bytes = this.#stored.get(`${to}/${name}`);
    return bytes && Readable.from([bytes]);
  }

  textOf(location: string): string {
    return String(this.#stored.get(location));
  }

  #judge(call: 'read' | 'store', name: string): void {
    const isPlanned = [...this.#stored.keys()].some((stored) => stored.endsWith('plan.json'));
    if (!this.refuses(call, name, isPlanned)) return;
    throw new UnstructuredStorageError('no access', { kind: 'credential', status: 403, code: 'InvalidAccessKeyId' });
  }
}

function withSink<T>(fn: (setup: BatchSetup & { sink: Refusing }) => Promise<T>): Promise<T> {
  const sink = new Refusing();
  return withBatches((setup) => fn({ ...setup, sink }), { plugin: { outputs: { sinks: { mem: sink } } } });
}

const inputOf = async ({ documents }: BatchSetup) => ({
  start: { templateId: 't' },
  documents: await documents(1),
  outputs: { to: TO },
  ...RARELY,
});

test.each<[string, Refuses, number]>([
  ['the plan', (_, name) => name.endsWith('plan.json'), 1],
  [
    "a job's documents, and at the end those of the job that failed by that",
    (call, _, isPlanned) => call === 'read' && isPlanned,
    2,
  ],
  [
    "a job's part of the manifest, and at the end that of the job that failed by that",
    (call, name) => call === 'store' && name.includes('/manifest/part-'),
    2,
  ],
  ['the manifest', (_, name) => name.endsWith('manifest.json'), 1],
])('%s', async (_, refuses, times) => {
  await withSink(async (setup) => {
    const { sink, startBatch } = setup;
    sink.refuses = refuses;
    const input = { ...(await inputOf(setup)), credentialBudget: 20 * MINUTE };
    const handle = await startBatch(input);
    const { message } = await failureOf('UnstructuredTransferError', handle.result());
    expect(message).toContain('no access [status 403, InvalidAccessKeyId]');
    const { startTime, closeTime } = await handle.describe();
    const minutes = (closeTime!.getTime() - startTime.getTime()) / MINUTE;
    expect(minutes).toBeGreaterThan(20 * times - 1);
    expect(minutes).toBeLessThan(20 * times + 15);
  });
});

test('a credential that is renewed in time costs the batch nothing but that time', async () => {
  await withSink(async (setup) => {
    const { sink, runBatch } = setup;
    let refusals = 0;
    sink.refuses = (call, name) => call === 'store' && name.includes('/manifest/part-') && refusals++ < 20;
    expect((await runBatch(await inputOf(setup))).counts).toMatchObject({ ok: 1, failedJobs: 0 });
    expect(refusals).toBeGreaterThan(20);
  });
});

test('outputs that were refused are there for the same key, and their job is not paid for twice', async () => {
  await withSink(async (setup) => {
    const { api, sink, runBatch } = setup;
    sink.refuses = (call, name) => call === 'store' && !name.includes('_manifests/');
    const input = { ...(await inputOf(setup)), credentialBudget: 0 };
    const first = await runBatch(input, 'refused');
    expect(first.counts).toMatchObject({ ok: 0, failed: 0, missing: 1, failedJobs: 1 });
    const jobId = api.jobs[0]!.id;
    const message = expect.stringMatching(/^UnstructuredTransferError: .*\. Run the same key to resume it$/) as string;
    const { unsettledJobs } = JSON.parse(sink.textOf(first.manifest.location)) as Manifest;
    expect(unsettledJobs).toEqual([{ part: 1, workflowId: 'refused/1', jobId, message }]);
    sink.refuses = () => false;
    expect((await runBatch(input, 'refused')).counts).toMatchObject({ ok: 1, missing: 0, failedJobs: 0 });
    expect(api.jobs).toHaveLength(1);
  });
});

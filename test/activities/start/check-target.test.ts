// A target of outputs that the worker's configuration does not allow is refused before a job is started, and paid for.
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import { S3Sink } from '../../../src/storage/s3/sink';
import { MemorySink } from '../memory-sink';
import { failure, perform, withStorage } from '../support';

type World = Awaited<ReturnType<typeof withStorage>>;

async function startWith({ activities, inbox }: World, outputsTo: string, info = {}) {
  const ref = pathToFileURL(join(inbox, 'a.pdf')).href;
  await writeFile(join(inbox, 'a.pdf'), 'text');
  const jobToStart = { templateId: 't' };
  const request = { start: jobToStart, documents: [{ ref, uploadName: 'a.pdf' }], maxDocumentBytes: 100, outputsTo };
  return perform(activities, 'unstructured.createJob', request, info);
}

/** A sink that says this of every target. */
function judging(check: () => Promise<void>): MemorySink {
  return Object.assign(new MemorySink(), { check });
}

const s3 = () => new S3Sink({ client: { send: () => undefined } as never, allowed: ['s3://parsed/2026/'] });

test.each([
  ['file:///elsewhere', 'Target file:///elsewhere is not under a folder of the option outputs.folders'],
  ['gs://bucket/x', 'No sink for gs://bucket/x: this worker writes to s3:, file: targets'],
  ['s3://parsed/2025/', 'Target s3://parsed/2025/ is not under an allowed prefix of the sink'],
  ['s3://parsed/2026', undefined],
  ['s3://parsed/2026/july', undefined],
])('%s', async (to, refusal) => {
  const world = await withStorage({}, { sinks: { s3: s3() } });
  if (refusal === undefined) {
    expect(await startWith(world, to)).toMatchObject({ started: true });
    return;
  }
  const { message, nonRetryable } = await failure('UnstructuredValidationError', startWith(world, to));
  expect(message).toBe(`Option outputs.to is refused: ${refusal}`);
  expect(nonRetryable).toBe(true);
  expect(world.api.requests).toEqual([]);
});

test('an allowed folder is not made before there are outputs', async () => {
  const world = await withStorage();
  expect(await startWith(world, `${world.to}/new`)).toMatchObject({ started: true });
  await expect(access(join(world.outbox, 'new'))).rejects.toThrow('ENOENT');
});

test('what a sink says goes without the secrets of its target', async () => {
  const check = () =>
    Promise.reject(new UnstructuredStorageError('no m://x?sig=sesame-open today', { kind: 'lasting' }));
  const world = await withStorage({}, { sinks: { m: judging(check) } });
  const { message } = await failure('UnstructuredValidationError', startWith(world, 'm://x?sig=sesame-open'));
  expect(message).not.toContain('sesame');
});

test('what a sink says counts where others wrapped it', async () => {
  const cause = new UnstructuredStorageError('no such bucket', { kind: 'lasting' });
  const world = await withStorage({}, { sinks: { m: judging(() => Promise.reject(new Error('failed', { cause }))) } });
  const { message } = await failure('UnstructuredValidationError', startWith(world, 'm://x'));
  expect(message).toBe('Option outputs.to is refused: no such bucket');
});

test('a failure for good of a sink of the user is a refusal', async () => {
  const check = () => Promise.reject(ApplicationFailure.nonRetryable('no such tenant'));
  const world = await withStorage({}, { sinks: { m: judging(check) } });
  const { message, nonRetryable } = await failure('UnstructuredValidationError', startWith(world, 'm://x'));
  expect([message, nonRetryable]).toEqual(['Option outputs.to is refused: no such tenant', true]);
  expect(world.api.requests).toEqual([]);
});

test.each<[string, () => Promise<void>]>([
  ['may be mended', () => Promise.reject(new UnstructuredStorageError('busy', { kind: 'passing' }))],
  ['may pass', () => Promise.reject(ApplicationFailure.retryable('not now'))],
  ['is no refusal', () => Promise.reject(new TypeError('a bug'))],
])('trouble of a sink that %s holds no start up', async (_, check) => {
  const world = await withStorage({}, { sinks: { m: judging(check) } });
  expect(await startWith(world, 'm://x')).toMatchObject({ started: true });
});

test('a sink without the look takes every target', async () => {
  const world = await withStorage({}, { sinks: { m: new MemorySink() } });
  expect(await startWith(world, 'm://x')).toMatchObject({ started: true });
});

test('a sink that does not answer leaves time for the start', async () => {
  const world = await withStorage({}, { sinks: { m: judging(() => new Promise(() => undefined)) } });
  expect(await startWith(world, 'm://x', { startToCloseTimeoutMs: 3_000 })).toMatchObject({ started: true });
});

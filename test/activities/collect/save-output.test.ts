// A sink that stands still holds up no activity for good, and one that is slow is let go on.
import { Readable } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Save, saveOutput } from '../../../activities/collect/save-output';
import { UnstructuredResponseError } from '../../../src/core/errors';
import { UnstructuredStorageError } from '../../../src/core/storage-error';
import type { OutputSink, StoredOutput } from '../../../src/storage/sink';

const MINUTE = 60_000;
const never = new Promise<never>(() => undefined);
const stored: StoredOutput = { location: 'mem:a', bytes: 2, sha256: '0' };
const item = { fileId: 'a', nodeId: null, lastNodeId: null };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Saves an output of two pieces through a sink. `outcome` is what came of it so far. */
function saving(sink: Partial<OutputSink>, body = Readable.from([Buffer.from('['), Buffer.from(']')]), to = 'mem:') {
  const control = new AbortController();
  const save: Save = {
    client: { downloadJobOutput: () => Promise.resolve({ contentType: 'application/json', bytes: undefined, body }) },
    sink: { find: () => Promise.resolve(undefined), store: () => Promise.resolve(stored), ...sink },
    jobId: 'j',
    to,
    signal: control.signal,
  };
  const told: { outcome: unknown } = { outcome: undefined };
  void saveOutput(save, item, 'a.json', true).then(
    (output) => (told.outcome = output),
    (error: unknown) => (told.outcome = error),
  );
  return { told, body, control };
}

const pass = (minutes: number) => vi.advanceTimersByTimeAsync(minutes * MINUTE);

test.each<[string, Partial<OutputSink>['store']]>([
  ['takes nothing', () => never],
  [
    'takes a piece and no more',
    async (_, body) => {
      for await (const piece of body) if (piece.length > 0) await never;
      return stored;
    },
  ],
  [
    'takes all and comes to no end',
    async (_, body) => {
      for await (const piece of body) expect(piece).toHaveLength(1);
      return never;
    },
  ],
])('a sink that %s is given up, is told so, and is worth another try', async (_, store) => {
  let given: AbortSignal | undefined;
  const { told, body } = saving({
    store: (target, pieces, options) => {
      given = options.signal;
      return store!(target, pieces, options);
    },
  });
  await pass(4.9);
  expect(told.outcome).toBeUndefined();
  await pass(0.2);
  expect(told.outcome).toBeInstanceOf(UnstructuredStorageError);
  expect(told.outcome).toMatchObject({ retryable: true, message: expect.stringContaining('read nothing') as unknown });
  expect([given?.aborted, body.destroyed]).toEqual([true, true]);
});

test('a sink that never tells what is there is given up', async () => {
  const { told } = saving({ find: () => never });
  await pass(9.9);
  expect(told.outcome).toBeUndefined();
  await pass(0.2);
  expect(told.outcome).toMatchObject({ name: 'UnstructuredStorageError', retryable: true });
});

test('a sink that takes a piece now and then is let go on', async () => {
  const { told } = saving({
    store: async (_, body) => {
      for await (const piece of body) await new Promise((resolve) => setTimeout(resolve, piece.length * 4 * MINUTE));
      return stored;
    },
  });
  await pass(7.9);
  expect(told.outcome).toBeUndefined();
  await pass(0.2);
  expect(told.outcome).toMatchObject(stored);
});

test('a download that stands still is not the doing of the sink', async () => {
  const body = new Readable({ read: () => undefined });
  const { told } = saving(
    {
      store: async (_, pieces) => {
        for await (const piece of pieces) expect(piece).toHaveLength(2);
        return stored;
      },
    },
    body,
  );
  await pass(60);
  expect(told.outcome).toBeUndefined();
  body.push('[]');
  body.push(null);
  await pass(0.1);
  expect(told.outcome).toMatchObject(stored);
});

test('no timer is left of a sink that settled', async () => {
  const { told } = saving({});
  await pass(0);
  expect(told.outcome).toMatchObject(stored);
  expect(vi.getTimerCount()).toBe(0);
});

const to = 'https://user:passw0rd@store.example/out?sig=s3cr3t%2Fsig';
const words = (of: string) => `PUT ${of} answered 500: s3cr3t/sig, passw0rd`;

test.each<[string, (text: string) => unknown, object]>([
  ['an error of its own', (text) => Object.assign(new Error(text), { name: 'PutError' }), { name: 'PutError' }],
  ['a text', (text) => text, { name: 'Error' }],
  ['a refusal', (text) => new UnstructuredStorageError(text, { kind: 'lasting' }), { retryable: false }],
  ['a failure', (text) => ApplicationFailure.nonRetryable(text, 'Full'), { type: 'Full', nonRetryable: true }],
])("what a sink fails with does not tell the target's secrets: %s", async (_, errorOf, kept) => {
  for (const method of ['find', 'store']) {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const { told } = saving({ [method]: () => Promise.reject(errorOf(words(to))) }, undefined, to);
    await pass(0);
    expect(told.outcome).toMatchObject({ ...kept, message: expect.stringContaining('answered 500') as unknown });
    const { message, stack } = told.outcome as Error;
    for (const secret of ['s3cr3t', 'passw0rd']) expect(`${message}${stack}`).not.toContain(secret);
  }
});

test('what the body fails with stays what it is', async () => {
  const error = new UnstructuredResponseError('cut', { kind: 'response' });
  const body = new Readable({ read: () => undefined });
  const { told } = saving(
    {
      store: async (_, pieces) => {
        for await (const piece of pieces) expect(piece).toHaveLength(0);
        return stored;
      },
    },
    body,
  );
  body.destroy(error);
  await pass(0);
  expect(told.outcome).toBe(error);
});

test('a cancellation stays one', async () => {
  const store: OutputSink['store'] = (_target, _body, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  const { told, control } = saving({ store });
  await pass(0);
  const reason = new Error('cancelled');
  control.abort(reason);
  await pass(0);
  expect(told.outcome).toBe(reason);
});

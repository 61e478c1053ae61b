// A start that is cancelled ends at once while nothing was sent, and says so; once its first byte may have gone out it goes on to its end,
// unless Temporal gave it up.
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createUnstructuredActivities, Storage } from '../../../activities';
import { UnstructuredClient } from '../../../src/api/client';
import type { ApiKey } from '../../../src/api/http/credentials';
import type { OpenDocument } from '../../../src/storage/source';
import { quiet } from '../../support/logs';
import { failure, perform, withStorage } from '../support';

const jobToStart = { templateId: 'hi_res_partition' };
const documents = [{ ref: 'mem:a.txt', uploadName: 'a.txt' }];
const CANCELLATIONS = ['CANCELLED', 'WORKER_SHUTDOWN', 'PAUSED', 'RESET'] as const;

/** A start whose worker cancels it, for whatever reason, when the test says so. */
async function startWith({ open, apiKey }: { open?: Open; apiKey?: ApiKey }) {
  const { api } = await withStorage();
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: apiKey ?? api.apiKey });
  const storage = new Storage({
    documents: { sources: { mem: { open: (_, { signal }) => (open ?? whole)(signal) } } },
  });
  const activities = createUnstructuredActivities(() => client, storage);
  const env = new MockActivityEnvironment({}, { logger: quiet });
  const start = () =>
    perform(activities, 'unstructured.createJob', { start: jobToStart, documents, maxDocumentBytes: 100 }, {}, env);
  return { api, env, start };
}

type Open = (signal: AbortSignal) => Promise<OpenDocument>;
const whole: Open = () => Promise.resolve(documentOf(() => Promise.resolve()));

/** A document of two pieces, of which the second waits. */
function documentOf(between: () => Promise<unknown>): OpenDocument {
  return {
    bytes: 4,
    async *stream() {
      yield Buffer.from('ab');
      await between();
      yield Buffer.from('cd');
    },
  };
}

async function expectWithdrawn(reason: (typeof CANCELLATIONS)[number], start: Promise<unknown>): Promise<void> {
  if (reason === 'CANCELLED') return expect(start).rejects.toBeInstanceOf(CancelledFailure);
  const { details } = await failure('UnstructuredConnectionError', start);
  expect(details).toMatchObject([{ kind: 'connection', notSent: true }]);
}

test.each(CANCELLATIONS)('%s while a document is opened: nothing is sent', async (reason) => {
  let cancel = () => {};
  const { api, env, start } = await startWith({
    open: async (signal) => {
      cancel();
      if (!signal.aborted) await once(signal, 'abort');
      throw new Error('the source was told to stop');
    },
  });
  cancel = () => env.cancel(reason);
  await expectWithdrawn(reason, start());
  expect(api.requests).toEqual([]);
});

test.each(CANCELLATIONS)('%s before the connection: nothing is sent', async (reason) => {
  let cancel = () => {};
  const apiKey = () => {
    cancel();
    return 'key';
  };
  const { api, env, start } = await startWith({ apiKey });
  cancel = () => env.cancel(reason);
  await expectWithdrawn(reason, start());
  expect(api.requests).toEqual([]);
});

test.each(CANCELLATIONS)('%s in mid-upload: it goes on, and its job is known', async (reason) => {
  let isStopped: boolean | undefined;
  let cancel = () => {};
  const { api, env, start } = await startWith({
    open: (signal) =>
      Promise.resolve(
        documentOf(() => {
          cancel();
          isStopped = signal.aborted;
          return Promise.resolve();
        }),
      ),
  });
  cancel = () => env.cancel(reason);
  expect(await start()).toMatchObject({ started: true, job: { id: api.jobs[0]!.id } });
  expect(api.jobs[0]!.uploads).toMatchObject([{ bytes: 4 }]);
  expect(isStopped).toBe(false);
});

test.each(['TIMED_OUT', 'NOT_FOUND'] as const)('%s in mid-upload: it ends, and no job is started', async (reason) => {
  let cancel = () => {};
  let isStopped: boolean | undefined;
  const { api, env, start } = await startWith({
    open: (signal) =>
      Promise.resolve(
        documentOf(async () => {
          cancel();
          isStopped = signal.aborted;
          await setImmediate();
        }),
      ),
  });
  cancel = () => env.cancel(reason);
  await expect(start()).rejects.toBeInstanceOf(CancelledFailure);
  expect(isStopped).toBe(true);
  expect(api.jobs).toEqual([]);
});

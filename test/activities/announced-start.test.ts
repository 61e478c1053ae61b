// Before the first byte goes out, Temporal has to take a heartbeat; where it does not, nothing is sent.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { quiet } from '../support/logs';
import { failure, perform, withStorage } from './support';

type Beat = (token: Uint8Array, details: unknown) => Promise<void>;

/** Starts a job, on demand or of a workflow, in an activity whose heartbeats Temporal takes as `beat` does. */
async function startWith(beat: Beat, { heartbeatTimeoutMs = 20_000, isRun = false } = {}) {
  const { api, activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'a.pdf'), 'a');
  const client = {
    activity: { heartbeat: beat },
    withDeadline: (_: number, fn: () => Promise<void>) => fn(),
    withAbortSignal: (_: AbortSignal, fn: () => Promise<void>) => fn(),
  } as unknown as Client;
  const env = new MockActivityEnvironment({ heartbeatTimeoutMs }, { logger: quiet, client });
  const documents = [{ ref: `${inboxUrl}/a.pdf`, uploadName: 'a.pdf' }];
  const rest = { documents, maxFileBytes: 1_000 };
  const starting = isRun
    ? perform(
        activities,
        'unstructured.runWorkflow',
        {
          start: { workflowId: api.addWorkflow().id },
          documents: [],
          maxFileBytes: 1,
          othersSince: '2026-01-01T00:00:00Z',
        },
        {},
        env,
      )
    : perform(activities, 'unstructured.createJob', { start: { templateId: 't' }, ...rest }, {}, env);
  return { api, env, starting };
}

test.each([false, true])('nothing is sent before it is taken (run of a workflow: %s)', async (isRun) => {
  let jobs: number | undefined;
  const beats: unknown[] = [];
  const started = await startWith(
    async (_, details) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      beats.push(details);
      jobs = started.api.jobs.length;
    },
    { isRun },
  );
  expect(await started.starting).toMatchObject({ started: true });
  expect([jobs, beats]).toEqual([0, [{ others: isRun ? [] : null }]]);
  expect(started.api.jobs).toHaveLength(1);
});

test.each([
  [
    'the attempt was given up',
    Object.assign(new Error(''), { name: 'ActivityNotFoundError' }),
    'ActivityNotFoundError',
  ],
  ['the server is away', new Error('14 UNAVAILABLE'), '14 UNAVAILABLE'],
])('where %s, the start was certainly not sent', async (_, error, told) => {
  const { api, starting } = await startWith(() => Promise.reject(error));
  const { message, details } = await failure('UnstructuredConnectionError', starting);
  expect(message).toBe(`Temporal took no heartbeat before the start was sent: ${told}`);
  expect(details).toMatchObject([{ kind: 'connection', notSent: true }]);
  expect(api.requests).toEqual([]);
});

test('a cancellation meanwhile stays one', async () => {
  const started = await startWith(() => {
    started.env.cancel('CANCELLED');
    return Promise.reject(new Error('aborted'));
  });
  await expect(started.starting).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(started.api.requests).toEqual([]);
});

test('where no heartbeat time-out is set, nobody would look for it', async () => {
  const { starting } = await startWith(() => Promise.reject(new Error('no client')), { heartbeatTimeoutMs: 0 });
  expect(await starting).toMatchObject({ started: true });
});

// Before the first byte goes out, Temporal has to take a heartbeat; where it does not, nothing is sent.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { DocumentSource } from '../../../src/storage/source';
import { bytesOf } from '../../storage/support';
import { Gate } from '../../support/gate';
import { quiet } from '../../support/logs';
import { type Beat, failure, heartbeatClient, perform, withStorage } from '../support';

/** Starts a job, on demand or of a workflow, in an activity whose heartbeats Temporal takes as `beat` does. */
async function startWith(beat: Beat, { heartbeatTimeoutMs = 20_000, isRun = false } = {}) {
  const { api, activities, inbox, inboxUrl } = await withStorage();
  await writeFile(join(inbox, 'a.pdf'), 'a');
  const env = new MockActivityEnvironment({ heartbeatTimeoutMs }, { logger: quiet, client: heartbeatClient(beat) });
  const documents = [{ ref: `${inboxUrl}/a.pdf`, uploadName: 'a.pdf' }];
  const rest = { documents, maxDocumentBytes: 1_000 };
  const starting = isRun
    ? perform(
        activities,
        'unstructured.runWorkflow',
        { start: { workflowId: api.addWorkflow().id }, ...rest, listJobsSince: '2026-01-01T00:00:00Z' },
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
  expect([jobs, beats]).toEqual([0, [{ earlierJobIds: isRun ? [] : null }]]);
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
  expect(message).toBe(`Temporal accepted no heartbeat before the start was sent: ${told}`);
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

test('every heartbeat from then on tells which jobs were there before', async () => {
  const beats: unknown[] = [];
  const { env, starting } = await startWith(() => Promise.resolve(), { isRun: true });
  env.on('heartbeat', (details: unknown) => beats.push(details));
  await starting;
  expect(beats).toMatchObject([{ done: 1, total: 1, earlierJobIds: [] }]);
});

test('where no heartbeat time-out is set, nobody would look for it', async () => {
  const { starting } = await startWith(() => Promise.reject(new Error('no client')), { heartbeatTimeoutMs: 0 });
  expect(await starting).toMatchObject({ started: true });
});

/** A start whose document is opened once the gate opens, with a heartbeat due every 20 ms. */
async function startSlowly(beat: Beat) {
  const gate = new Gate();
  const source: DocumentSource = {
    async open() {
      await gate.opened;
      return { bytes: 1, stream: () => bytesOf('a') };
    },
  };
  const { api, activities } = await withStorage({}, { sources: { slow: source } });
  const env = new MockActivityEnvironment({ heartbeatTimeoutMs: 60 }, { logger: quiet, client: heartbeatClient(beat) });
  const told: unknown[] = [];
  env.on('heartbeat', (details: unknown) => told.push(details));
  const documents = [{ ref: 'slow:a.pdf', uploadName: 'a.pdf' }];
  const request = { start: { templateId: 't' }, documents, maxDocumentBytes: 1_000 };
  const starting = perform(activities, 'unstructured.createJob', request, {}, env);
  return { api, env, gate, told, starting };
}

test('while documents are opened, heartbeats carry no details, and the announcement comes after them', async () => {
  const beats: unknown[] = [];
  let underWay = 0;
  const answer = new Gate();
  const beating = new Gate();
  const { gate, told, starting } = await startSlowly(async (_, details) => {
    expect(underWay++).toBe(0);
    if (beats.push(details) === 2) {
      beating.open();
      await answer.opened;
    }
    underWay--;
  });
  await beating.opened;
  gate.open();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(beats).toEqual([undefined, undefined]);
  expect(told).not.toContain(undefined);
  answer.open();
  expect(await starting).toMatchObject({ started: true });
  expect(beats).toEqual([undefined, undefined, { earlierJobIds: null }]);
});

test('while documents are opened, a cancellation is heard', async () => {
  const beats: unknown[] = [];
  const { api, env, told, starting } = await startSlowly((_, details) => {
    beats.push(details);
    return Promise.reject(Object.assign(new Error('cancelled'), { name: 'ActivityCancelledError' }));
  });
  env.on('heartbeat', () => env.cancel('CANCELLED'));
  await expect(starting).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect([beats[0], told[0]]).toEqual([undefined, { earlierJobIds: null }]);
  expect(api.requests).toEqual([]);
});

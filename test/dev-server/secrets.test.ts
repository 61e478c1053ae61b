// The API key reaches no history, no log line and no failure, also where the service itself repeats it.
import { expect, test } from 'vitest';
import { progress } from '../../src';
import { faults, type JobSpec } from '../../src/testing';
import { historiesOf } from '../support/histories';
import { collectLogs, logsSince } from '../support/logs';
import { parentOfChild } from '../support/parents';
import { ECHO, formsIn, formsOf, KEY } from '../support/secrets';
import { OFTEN, useDevServer, type Setup } from './support/dev-server';

const { withWorker } = useDevServer({ install: () => collectLogs('DEBUG') });

const { plain, url } = formsOf(KEY);
const validation = { detail: [{ loc: ['header', plain], msg: ECHO, type: 'key' }] };

const PATHS: [name: string, JobSpec][] = [
  ['a healthy wait', { timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] }],
  ['a refused key', { faults: [['always', faults.status(401, { body: { detail: ECHO } })]] }],
  ['a refused key in HTML', { faults: [['always', faults.status(403, { body: `<html>${ECHO}</html>` })]] }],
  ['a refused request', { faults: [['always', faults.status(422, { body: validation })]] }],
  [
    'a refused key in mid-wait',
    {
      timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']],
      faults: [[2, faults.status(401, { body: { detail: ECHO } })]],
    },
  ],
  [
    'hiccups',
    {
      faults: [
        [1, faults.status(503, { body: ECHO })],
        [2, faults.reset()],
        [3, faults.garbage({ body: ECHO })],
      ],
    },
  ],
  [
    'a check that fails',
    { faults: [[{ to: 4 }, faults.status(500, { body: { detail: ECHO }, headers: { 'x-request-id': url! } })]] },
  ],
  ['a redirect', { faults: [[1, faults.redirect({ location: `http://127.0.0.1:1/?key=${url}` })]] }],
  ['a job that failed', { timeline: [['IN_PROGRESS', { checks: 1 }], ['FAILED']] }],
];

/** Runs a wait in a child of a parent; returns everything that is left of it. */
async function tracesOf({ client, api, queue }: Setup, spec: JobSpec): Promise<{ ended: string; traces: unknown[] }> {
  const job = api.addJob(spec);
  const args: Parameters<typeof parentOfChild> = [job.id, OFTEN];
  const options = { workflowId: `parent-${job.id}`, taskQueue: queue, args };
  const outcome: unknown = await client.workflow.execute(parentOfChild, options).catch((error: unknown) => error);
  const waiter = client.workflow.getHandle(`unstructured-job-${job.id}`);
  const described = await waiter.describe();
  // One after the other: a worker may drop one of two queries that reach it at once for a workflow it no longer holds.
  const seen = await waiter.query(progress);
  const shown: unknown = await waiter.query('__temporal_workflow_metadata');
  const parent = await client.workflow.getHandle(options.workflowId).describe();
  const histories = await historiesOf(client, [parent]);
  expect(histories).toHaveLength(2);
  return { ended: described.status.name, traces: [outcome, described.raw, seen, shown, ...histories] };
}

test('no trace of any wait holds the key', async () => {
  await withWorker(
    async (setup) => {
      const results = await Promise.all(
        PATHS.map(async ([name, spec]) => ({ name, ...(await tracesOf(setup, spec)) })),
      );
      for (const { name, traces } of results) expect(formsIn(traces, KEY), name).toEqual([]);
      expect(results.map(({ name, ended }) => [name, ended])).toEqual(
        PATHS.map(([name]) => [name, /refused (key|key in HTML|request)$|failed$/.test(name) ? 'FAILED' : 'COMPLETED']),
      );
    },
    { apiKey: KEY },
  );
  const logs = logsSince(0);
  expect(logs.length).toBeGreaterThan(100);
  expect(logs.filter((entry) => formsIn(entry, KEY).length > 0)).toEqual([]);
});

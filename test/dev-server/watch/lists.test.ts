// The list that a watch asks for is a hint: whatever it says or leaves out, each wait ends right.
import { expect, test } from 'vitest';
import { type FakeJob, type FakeUnstructured, type Fault, faults } from '../../../src/testing';
import { useDevServer } from '../support/dev-server';
import { eventually } from '../support/eventually';
import { held, QUICK, received, WATCH } from '../support/watching';

const { withWorker } = useDevServer({ watch: WATCH });

/** What the API answers to a list without a filter. */
async function listOf({ url, apiKey }: FakeUnstructured): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${url}/api/v1/jobs/`, { headers: { 'unstructured-api-key': apiKey } });
  return (await answer.json()) as Record<string, unknown>[];
}

/** Spoils the list: returns what a list without a filter says, where that stands for each, to be kept up to date. */
type Spoil = (api: FakeUnstructured, job: FakeJob) => unknown;

const answered = (api: FakeUnstructured, ...answer: [Fault, ...Fault[]]) =>
  api.addFaults([[{ operation: 'listJobs' }, ...answer]]);

const CASES: [what: string, spoil: Spoil][] = [
  ['lags behind, so that no job is in it', (api) => api.setAnswers({ listLag: '1 hour' })],
  ['lacks one job', (_, job) => job.setAnswers({ listLag: '1 hour' })],
  ['is empty', (api) => answered(api, faults.status(200, { body: [] }))],
  [
    'ignores its filter',
    async (api) => {
      const body = await listOf(api);
      answered(api, faults.status(200, { body }));
      return body;
    },
  ],
  [
    'names other statuses',
    async (api) => {
      const body = (await listOf(api)).map((job) => ({ ...job, status: 'PAUSED' }));
      answered(api, faults.status(200, { body }));
      return [];
    },
  ],
  ['is cut', (api) => answered(api, faults.truncate())],
  ['is no JSON', (api) => answered(api, faults.html({ status: 200 }))],
  ['is not there', (api) => answered(api, faults.status(404))],
  ['fails', (api) => answered(api, faults.status(500))],
];

test.concurrent.for(process.env['WATCHES'] === 'all' ? CASES : CASES.slice(0, 3))(
  'a list that %s does not hold up the waits',
  async ([, spoil]) => {
    await withWorker(async ({ api, start }) => {
      const jobs = Array.from({ length: 6 }, () => api.addJob({ timeline: ['IN_PROGRESS'] }));
      const list = await spoil(api, jobs[0]!);
      const handles = await Promise.all(jobs.map((job) => start(job, QUICK)));
      await Promise.all(handles.map((handle) => held(handle)));
      await eventually(() => expect(received(api, 'listJobs')).toBeGreaterThanOrEqual(1));
      if (Array.isArray(list)) for (const entry of list as { status: string }[]) entry.status = 'COMPLETED';
      for (const job of jobs) job.setStatus('COMPLETED');
      for (const handle of handles) expect((await handle.result()).wait).toMatchObject({ checks: 2, failures: {} });
    });
  },
);

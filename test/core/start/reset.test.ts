// A workflow that was reset may have sent its start before: its job is looked for, and only where there is certainly none it is sent.
import { expect, test } from 'vitest';
import { resumeOfStart } from '../../../src/core/run/resume';
import { driveStart, type StartPort } from '../../../src/core/start/drive';
import type { JobList, ListJobsInput } from '../../../src/core/start/job-list';
import { DEFAULT_START_OPTIONS } from '../../../src/core/start/options';
import type { StartAnswer, JobToStart } from '../../../src/core/start/request';
import { beginStart } from '../../../src/core/start/state';
import { MINUTE, SECOND, START } from '../fixtures';
import { carriable, job, jobAtStart, listOfJobs, ON_DEMAND, RUN, startedAnswer, TOKEN } from './fixtures';

const BEGUN_AT = START - 90 * MINUTE;
const carrying = (...ids: string[]) =>
  listOfJobs(
    ids.map((id) => job(id)),
    ids.map((id) => jobAtStart(id, [`${TOKEN}-0-a-12345678.pdf`])),
  );

/** Drives a start of which the activity says that the workflow was reset, unless that run was looked for. */
async function driveAfterReset(
  lists: (query: ListJobsInput) => JobList | null,
  {
    jobToStart = ON_DEMAND,
    token = TOKEN,
    uploads = 1,
  }: { jobToStart?: JobToStart; token?: string | null; uploads?: number },
  runs = ['run-2'],
) {
  let now = START;
  const sent: (string | undefined)[] = [];
  const asked: ListJobsInput[] = [];
  const notes: unknown[] = [];
  const start = carriable({
    jobToStart,
    uploads: Array.from({ length: uploads }, () => ({ ref: 'file:///a.pdf', uploadName: 'a.pdf' })),
    begunAt: BEGUN_AT,
    options: DEFAULT_START_OPTIONS,
    state: beginStart(token),
    activity: 'sleeping',
  });
  const port: StartPort = {
    now: () => now,
    random: () => 0,
    send({ searchedRunId }) {
      sent.push(searchedRunId);
      const resetRunId = runs[sent.length - 1];
      const answer: StartAnswer =
        resetRunId === undefined ? startedAnswer('new') : { started: false as const, resetRunId };
      return Promise.resolve({ answer });
    },
    list: (query) => Promise.resolve((asked.push(query), lists(query))),
    sleep: (ms) => Promise.resolve(void (now += ms)),
    isCancelled: () => false,
    isCancellation: () => false,
    shielded: (step) => step(),
    noted: () => void notes.push(resumeOfStart(start, 'digest') ?? null),
  };
  const end = await driveStart(start, port);
  return { end, sent, asked, notes, elapsedMs: now - START, sends: start.state.sends };
}

test('the job of an earlier run is found, however early, and nothing is sent', async () => {
  const { end, sent, sends, asked } = await driveAfterReset(() => carrying('j1'), {});
  expect(end).toMatchObject({ startedJob: { how: 'found', job: { id: 'j1' } } });
  expect([sent, sends]).toEqual([[undefined], 0]);
  expect(asked[0]).toMatchObject({ status: 'SCHEDULED', token: TOKEN, createdAfter: '2025-12-31T22:29:00.000Z' });
});

test('the job of an earlier run that is over by then is found at the last look', async () => {
  const { end, sent } = await driveAfterReset(
    ({ status }) => (status === 'COMPLETED' ? carrying('j1') : listOfJobs([])),
    {},
  );
  expect(end).toMatchObject({ startedJob: { how: 'found', job: { id: 'j1' } } });
  expect(sent).toEqual([undefined]);
});

test('where no list has one, the start goes out after two minutes, once, and is noted as such', async () => {
  const { end, sent, elapsedMs, sends, notes } = await driveAfterReset(() => listOfJobs([job('others')]), {});
  expect(end).toMatchObject({ startedJob: { how: 'answered', job: { id: 'new' } } });
  expect([sent, elapsedMs, sends]).toEqual([[undefined, 'run-2'], 120 * SECOND, 1]);
  const maybe = { token: TOKEN, digest: 'digest', sentAt: new Date(BEGUN_AT).toISOString() };
  expect(notes.slice(1, 4)).toEqual([maybe, null, expect.objectContaining({ token: TOKEN })]);
});

test('each further reset is looked at anew', async () => {
  const { end, sent } = await driveAfterReset(() => listOfJobs([]), {}, ['run-2', 'run-3']);
  expect(end).toMatchObject({ startedJob: { how: 'answered' } });
  expect(sent).toEqual([undefined, 'run-2', 'run-3']);
});

const unreadable: JobList = { ...listOfJobs([]), unreadableEntries: 1 };
const scheduled = { ...job('by schedule'), jobType: 'scheduled' };

test.each<[string, JobList, Parameters<typeof driveAfterReset>[1]]>([
  ['two jobs that carry the token', carrying('j1', 'j2'), {}],
  ['a job that may be it, without a token', listOfJobs([job('j1')]), { token: null }],
  [
    'a job of a workflow that reads from its connector',
    listOfJobs([job('j1')]),
    { jobToStart: RUN, token: null, uploads: 0 },
  ],
  [
    'more jobs than were listed',
    { ...listOfJobs([scheduled]), total: 2 },
    { jobToStart: RUN, token: null, uploads: 0 },
  ],
  ['an entry that could not be read', unreadable, {}],
  ['a job that does not name its files', { ...listOfJobs([job('j1')]), unknownFiles: 1 }, {}],
  ['one of a workflow that reads from its connector', unreadable, { jobToStart: RUN, token: null, uploads: 0 }],
])('%s: nobody knows, and nothing is sent', async (_, list, options) => {
  const { end, sent } = await driveAfterReset(() => list, options);
  expect(end).toMatchObject({ failure: { type: 'UnstructuredStartUncertainError' } });
  expect(JSON.stringify(end)).toContain('The workflow was reset, and an earlier run, since 2025-12-31T22:30:00.000Z,');
  expect(sent).toEqual([undefined]);
});

test('a list of ended jobs that can not be had: nobody knows, and nothing is sent', async () => {
  const { end, sent } = await driveAfterReset(({ status }) => (status === 'COMPLETED' ? null : listOfJobs([])), {});
  expect(end).toMatchObject({ failure: { details: { unlisted: ['COMPLETED'] } } });
  expect(sent).toEqual([undefined]);
});

test('an entry that could be read at a second look was none of the start: it is sent', async () => {
  let isRead = false;
  const { end, sent, elapsedMs } = await driveAfterReset(({ status }) => {
    if (status === 'FAILED' && !isRead) return ((isRead = true), unreadable);
    return listOfJobs([]);
  }, {});
  expect(end).toMatchObject({ startedJob: { how: 'answered' } });
  expect([sent, elapsedMs]).toEqual([[undefined, 'run-2'], 150 * SECOND]);
});

test.each([
  ['no job at all', []],
  ['a run by schedule alone', [scheduled]],
])('a workflow that reads from its connector, with %s since: it is sent', async (_, jobs) => {
  const options = { jobToStart: RUN, token: null, uploads: 0 };
  const { end, elapsedMs } = await driveAfterReset(() => listOfJobs(jobs), options);
  expect(end).toMatchObject({ startedJob: { how: 'answered' } });
  expect(elapsedMs).toBe(120 * SECOND);
});

// A start is sent once. One whose answer is lost is adopted where its job can be told for certain, and else never guessed.
import { describe, expect, it, test } from 'vitest';
import { type Fault, faults } from '../../../src/testing';
import { sample } from '../../support/breadth';
import { failureOf } from '../../support/failure-of';
import { originOf, sent, useRuns } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const CREATE = { operation: 'createJob', first: 1 } as const;

const LOST: [string, Fault[]][] = [
  ['reset after acceptance', [faults.reset()]],
  ['reset after the head of the answer', [faults.reset({ after: 'headers' })]],
  ['reset in the middle of the answer', [faults.reset({ after: 'half' })]],
  ['a 502 of a proxy after acceptance', [faults.html({ status: 502 })]],
  ['a 408 after acceptance', [faults.status(408)]],
  ['an answer cut short', [faults.truncate()]],
  ['an answer that is no JSON', [faults.garbage()]],
];

describe.each(sample(LOST, 3))('%s', (_, list) => {
  test('the job is found by its token, and no second one is started', async () => {
    await withRuns(async ({ api, document, run, to }) => {
      api.addFaults([[CREATE, ...list]]);
      const documents = [await document('a.pdf'), await document('b.pdf')];
      const result = await run({ start, documents, outputs: { to } });
      expect(result.start).toEqual({ how: 'found', sends: 1 });
      expect(api.jobs.map(({ id }) => id)).toEqual([result.job.id]);
      for (const { status, outputs } of result.documents) {
        expect(status).toBe('ok');
        expect((await originOf(outputs[0]!)).job_id).toBe(result.job.id);
      }
    });
  });
});

test.each(sample(['COMPLETED', 'FAILED', 'STOPPED'], 2))(
  'a job that is %s before it is looked for is found',
  async (status) => {
    await withRuns(async ({ api, document, startRun, run }) => {
      // Another of the same name that is over, too.
      api.addJob({ files: ['a.pdf'], timeline: [status] });
      api.addFaults([[CREATE, faults.reset()]]);
      api.setStartedJobs({ timeline: [status] });
      const input = { start, documents: [await document('a.pdf')] };
      const job = () => api.jobs.at(-1)!.id;
      if (status === 'COMPLETED') {
        const result = await run(input);
        expect(result).toMatchObject({ start: { how: 'found', sends: 1 }, job: { id: job() } });
      } else {
        const type = status === 'FAILED' ? 'UnstructuredJobFailedError' : 'UnstructuredJobStoppedError';
        const { details } = await failureOf(type, (await startRun(input)).result());
        expect(details.job.id).toBe(job());
      }
      expect([sent(api, 'createJob'), api.jobs.length]).toEqual([1, 2]);
    });
  },
);

test('where the jobs that ended can not be listed, the failure says so', async () => {
  await withRuns(async ({ api, document, run }) => {
    const isEnded = () => api.requests.at(-1)?.query['status'] === 'COMPLETED';
    api.addFaults([
      [CREATE, faults.reset()],
      [{ operation: 'listJobs', test: isEnded }, faults.status(504)],
    ]);
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const wait = run({ start, documents: [await document('a.pdf')] });
    const { details, message } = await failureOf('UnstructuredStartUncertainError', wait);
    expect(details.unlisted).toEqual(['COMPLETED']);
    expect(message).toContain('jobs that are COMPLETED could not be listed');
  });
});

test('candidates that ended tell their files', async () => {
  await withRuns(async ({ api, document, run }) => {
    api.addFaults([[CREATE, faults.reset()]]);
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const wait = run({ start, documents: [await document('invoice.pdf')], startToken: false });
    const { details } = await failureOf('UnstructuredStartUncertainError', wait);
    expect(details.candidates).toMatchObject([
      { id: api.jobs[0]!.id, inputFileIds: [expect.stringMatching(/^invoice-[0-9a-f]{8}\.pdf$/)] },
    ]);
  });
});

test('a start that was whole and not accepted: nobody knows, and nothing is sent again', async () => {
  await withRuns(async ({ api, document, run }) => {
    api.addFaults([[CREATE, faults.notAccepted(), faults.reset()]]);
    const { details, message } = await failureOf(
      'UnstructuredStartUncertainError',
      run({ start, documents: [await document('a.pdf')] }),
    );
    expect(details).toMatchObject({
      candidates: [],
      candidatesTotal: 0,
      cause: { type: 'UnstructuredConnectionError' },
    });
    expect(details.token).toMatch(/^[0-9a-f]{12}$/);
    const { run: resume, token, sentAt } = details;
    expect(resume).toEqual({ token, sentAt, digest: expect.stringMatching(/^[0-9a-f]{16}:[0-9a-f]+$/) as unknown });
    expect(message).toContain('It is not sent again');
    expect([sent(api, 'createJob'), api.jobs.length]).toEqual([1, 0]);
  });
});

test('without a token a lost start is never guessed, though a job of the same name is there', async () => {
  await withRuns(async ({ api, document, run, startRun }) => {
    api.addFaults([[CREATE, faults.reset()]]);
    const documents = [await document('a.pdf')];
    const wait = run({ start, documents, startToken: false });
    const { details } = await failureOf('UnstructuredStartUncertainError', wait);
    const [job] = api.jobs;
    expect(details.token).toBeNull();
    expect(details.candidates.map(({ id }) => id)).toEqual([job!.id]);

    // A person settles it: the job's id instead of a start.
    const settled = await (await startRun({ documents, resume: { jobId: job!.id } })).result();
    expect(settled.start).toEqual({ how: 'given', sends: 0 });
    expect(settled.documents).toMatchObject([{ status: 'ok' }]);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('a run that ended uncertain is taken up by its token and time, and finds the job that comes late', async () => {
  await withRuns(async ({ api, document, run, startRun }) => {
    api.addFaults([[CREATE, faults.reset()]]);
    api.setAnswers({ listLag: '20m' });
    const documents = [await document('a.pdf')];
    // By checks: between the two runs, skipped time is anything.
    api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const { details } = await failureOf('UnstructuredStartUncertainError', run({ start, documents }));
    api.setAnswers({ listLag: 0 });
    const result = await (await startRun({ start, documents, resume: details.run! })).result();
    expect(result.start).toEqual({ how: 'found', sends: 0 });
    expect(result.documents).toMatchObject([{ status: 'ok' }]);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('the list may lag behind, and fail', async () => {
  await withRuns(async ({ api, document, run }) => {
    api.addFaults([
      [CREATE, faults.reset()],
      [{ operation: 'listJobs', first: 9 }, faults.status(503)],
    ]);
    api.setAnswers({ listLag: '45s' });
    api.setStartedJobs({ timeline: [['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
    const { start: how } = await run({ start, documents: [await document('a.pdf')] });
    expect(how).toEqual({ how: 'found', sends: 1 });
  });
});

test('for a workflow that reads from its connector, the one job created since is the job', async () => {
  await withRuns(async ({ api, run }) => {
    const { id } = api.addWorkflow();
    api.addFaults([[{ operation: 'runWorkflow', first: 1 }, faults.reset()]]);
    const result = await run({ start: { workflowId: id } });
    expect(result.start).toEqual({ how: 'found', sends: 1 });
    expect(result.job.workflowId).toBe(id);
  });
});

test('an entry of the list that can not be read may be the job: none is told for certain', async () => {
  await withRuns(async ({ api, run }) => {
    const { id } = api.addWorkflow();
    const isLooking = () => api.jobs.length > 0;
    api.addFaults([
      [{ operation: 'runWorkflow', first: 1 }, faults.reset()],
      [{ operation: 'listJobs', test: isLooking }, faults.status(200, { body: [{ id: null, status: 'SCHEDULED' }] })],
    ]);
    const { details, message } = await failureOf('UnstructuredStartUncertainError', run({ start: { workflowId: id } }));
    expect(details).toMatchObject({ candidatesTotal: 0, unlisted: [], unreadableEntries: 1 });
    expect(message).toContain('(1 of the listed jobs could not be read)');
    expect([sent(api, 'runWorkflow'), api.jobs.length]).toEqual([1, 1]);
  });
});

test('two jobs created since are one too many', async () => {
  await withRuns(async ({ api, run, env }) => {
    const { id } = api.addWorkflow();
    const createdAt = await env.currentTimeMs();
    const other = () => {
      // The scripted run is over at once, so the start is accepted beside it.
      api.addJob({ workflowId: id, createdAt });
      return true;
    };
    api.addFaults([[{ operation: 'runWorkflow', first: 1, test: other }, faults.reset()]]);
    const { details } = await failureOf('UnstructuredStartUncertainError', run({ start: { workflowId: id } }));
    expect(details.candidatesTotal).toBe(2);
    expect(sent(api, 'runWorkflow')).toBe(1);
  });
});

test('a job that was there just before is never taken for the one of a start that was lost', async () => {
  await withRuns(async ({ api, run, env }) => {
    const { id } = api.addWorkflow();
    const other = api.addJob({ workflowId: id, createdAt: await env.currentTimeMs(), timeline: ['IN_PROGRESS'] });
    api.addFaults([[{ operation: 'runWorkflow', first: 1 }, faults.notAccepted(), faults.reset()]]);
    const { details } = await failureOf('UnstructuredStartUncertainError', run({ start: { workflowId: id } }));
    expect(details).toMatchObject({ candidatesTotal: 0, run: { earlierJobIds: [other.id] } });
    expect(sent(api, 'cancelJob')).toBe(0);
  });
});

describe('certainly not accepted', () => {
  const hint = { headers: { 'retry-after': '90' } };
  const later: [string, Fault[]][] = [
    ['429 with a hint', [faults.notAccepted(), faults.rateLimit({ retryAfter: 90 })]],
    ['409 with a hint', [faults.notAccepted(), faults.status(409, hint)]],
    ['425 with a hint', [faults.notAccepted(), faults.status(425, hint)]],
  ];
  it.each(sample(later, 1))('%s: sent again later', async (_, list) => {
    await withRuns(async ({ api, document, run }) => {
      api.addFaults([[{ operation: 'createJob', first: 3 }, ...list]]);
      const { start: how } = await run({ start, documents: [await document('a.pdf')] });
      expect(how).toEqual({ how: 'answered', sends: 4 });
      const at = api.requests.filter(({ operation }) => operation === 'createJob').map((request) => request.at);
      for (const [index, time] of at.slice(1).entries()) expect(time - at[index]!).toBeGreaterThanOrEqual(90_000);
      expect(api.jobs).toHaveLength(1);
    });
  });

  test('429 for longer than the start budget ends as what it is', async () => {
    await withRuns(async ({ api, document, run }) => {
      api.addFaults([[{ operation: 'createJob' }, faults.notAccepted(), faults.rateLimit()]]);
      const wait = run({ start, documents: [await document('a.pdf')], startBudget: '2 hours' });
      const { details } = await failureOf('UnstructuredRateLimitError', wait);
      expect(details.run).toBeUndefined();
      expect(sent(api, 'createJob')).toBeGreaterThan(20);
    });
  });

  test('a conflict for longer than the start budget ends as what it is', async () => {
    await withRuns(async ({ api, run }) => {
      const { id } = api.addWorkflow();
      api.addFaults([[{ operation: 'runWorkflow' }, faults.notAccepted(), faults.status(409)]]);
      const wait = run({ start: { workflowId: id }, startBudget: '2 hours' });
      const { details } = await failureOf('UnstructuredRequestError', wait);
      expect(details).toMatchObject({ kind: 'request', status: 409 });
      expect(details.run).toBeUndefined();
      expect(sent(api, 'runWorkflow')).toBeGreaterThan(20);
    });
  });

  it.each(sample([401, 402, 403, 422, 301, 307, 308, 501, 505], 3))('%s: fails at once', async (status) => {
    await withRuns(async ({ api, document, startRun }) => {
      api.addFaults([[{ operation: 'createJob' }, faults.notAccepted(), faults.status(status)]]);
      const handle = await startRun({ start, documents: [await document('a.pdf')] });
      await expect(handle.result()).rejects.toMatchObject({ cause: { details: [{ status }] } });
      expect(sent(api, 'createJob')).toBe(1);
    });
  });

  it('a refused document: nothing was sent', async () => {
    await withRuns(async ({ api, run, inbox }) => {
      const documents = [{ ref: `file://${inbox}/gone.pdf?sig=s3cret` }, { ref: 'file:///etc/hostname' }];
      const { details, message } = await failureOf('UnstructuredDocumentRefusedError', run({ start, documents }));
      expect(details.reason).toBe('malformed');
      expect(message).not.toContain('s3cret');
      expect(details.run).toBeUndefined();
      expect(api.requests).toEqual([]);
    });
  });
});

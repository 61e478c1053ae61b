// A workflow starts a job by itself: once, with the files that the answer told of.
import { expect, test, vi } from 'vitest';
import { faults } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { expectCancelled, failureOf } from '../../support/failure-of';
import { starting, startingThenWaiting, waitingWhenCancelled } from '../../support/parents';
import { type RunSetup, sent, useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const TARGET = { templateId: 'hi_res_partition' };

let starts = 0;
function start({ env }: RunSetup, ...args: Parameters<typeof starting>): ReturnType<typeof starting> {
  return env.client.workflow.execute(starting, { workflowId: `starting-${++starts}`, taskQueue: QUEUE, args });
}

test('it returns the job, and which file each document became', async () => {
  await withRuns(async (setup) => {
    const documents = [await setup.document('b.pdf'), await setup.document('a.pdf')];
    const started = await start(setup, TARGET, documents);
    const { id: jobId } = setup.api.jobs[0]!;
    expect(started).toMatchObject({ jobId, how: 'answered', sends: 1 });
    expect(started.documents).toEqual([
      { ref: documents[0]!.ref, fileId: expect.stringMatching(/-0-b-[0-9a-f]{8}\.pdf$/) as unknown },
      { ref: documents[1]!.ref, fileId: expect.stringMatching(/-1-a-[0-9a-f]{8}\.pdf$/) as unknown },
    ]);
    expect(started.knownFiles).toHaveLength(8);
    expect(sent(setup.api, 'getJob')).toBe(0);
  });
});

test('a start whose answer is lost is not sent again, and its job is found', async () => {
  await withRuns(async (setup) => {
    const { api, document } = setup;
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const started = await start(setup, TARGET, [await document('a.pdf')]);
    expect(started).toMatchObject({ jobId: api.jobs[0]!.id, how: 'found', sends: 1 });
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('a start whose job nobody can tell fails with what a run resumes', async () => {
  await withRuns(async (setup) => {
    const { api, document } = setup;
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
    const wait = start(setup, TARGET, [await document('a.pdf')], { startToken: false });
    const { details } = await failureOf('UnstructuredStartUncertainError', wait);
    expect(details.run).toEqual({
      token: null,
      sentAt: details.sentAt,
      digest: expect.stringMatching(/^[0-9a-f]{16}:[0-9a-f]+$/) as unknown,
    });
  });
});

test('the limit of the search after a cancellation is one of its options', async () => {
  await withRuns(async (setup) => {
    const { api, document, env } = setup;
    api.addFaults([
      [{ operation: 'createJob' }, faults.reset()],
      [{ operation: 'listJobs' }, faults.status(503)],
    ]);
    const args: Parameters<typeof starting> = [TARGET, [await document('a.pdf')], { confirmLimit: '40 seconds' }];
    const options = { workflowId: 'limited-search', taskQueue: QUEUE, args };
    const handle = await env.client.workflow.start(starting, options);
    await env.sleep('10 minutes');
    await atRest(env.client, handle);
    const cancelledAt = await env.currentTimeMs();
    await handle.cancel();
    await expectCancelled(handle.result());
    const last = api.requests.filter(({ operation }) => operation === 'listJobs').at(-1)!.at;
    expect(last).toBeGreaterThan(cancelledAt);
    expect(last - cancelledAt).toBeLessThanOrEqual(50_000);
  });
});

test('what is not given is no option of another', async () => {
  await withRuns(async (setup) => {
    const started = await start(setup, TARGET, [await setup.document('a.pdf')], {
      ...({ runLimit: undefined, onCancel: null } as object),
    });
    expect(started.how).toBe('answered');
  });
});

test('options of a wait are refused by name before anything is sent', async () => {
  await withRuns(async (setup) => {
    const documents = [await setup.document('a.pdf')];
    const { message } = await failureOf(
      'UnstructuredValidationError',
      start(setup, TARGET, documents, { runLimit: '1 hour' } as never),
    );
    expect(message).toMatch(/^Unknown option runLimit; known are startToken, /);
    expect(setup.api.requests).toEqual([]);
  });
});

test('a wait that is cancelled while its child is on its way cancels the job', async () => {
  await withRuns(async ({ api, env }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const options = { workflowId: 'on-its-way', taskQueue: QUEUE, args: [job.id] as [string] };
    await expectCancelled(env.client.workflow.execute(waitingWhenCancelled, options));
    expect(await job.status()).toBe('STOPPED');
  });
});

// Last: the Java server's clock does not skip any more once a workflow is cancelled during an activity.
test('a cancellation during the start reaches the job through the wait that follows', async () => {
  await withRuns(async ({ api, document, env }) => {
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    api.addFaults([[{ operation: 'createJob' }, faults.delay('2s')]]);
    const args: Parameters<typeof startingThenWaiting> = [TARGET, [await document('a.pdf')]];
    const options = { workflowId: 'cancelled-start', taskQueue: QUEUE, args };
    const handle = await env.client.workflow.start(startingThenWaiting, options);
    await vi.waitFor(() => expect(sent(api, 'createJob')).toBe(1), { timeout: 30_000 });
    await handle.cancel();
    await expectCancelled(handle.result());
    expect(await api.jobs[0]!.status()).toBe('STOPPED');
  });
});

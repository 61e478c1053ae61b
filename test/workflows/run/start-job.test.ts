// A workflow starts a job by itself: once, with the files that the answer told of.
import { expect, test } from 'vitest';
import { faults } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { starting } from '../../support/parents';
import { sent, useRuns, type RunSetup } from '../../support/runs';
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
    expect(started.launchFiles).toHaveLength(8);
    expect(sent(setup.api, 'getJob')).toBe(0);
  });
});

test('a start whose answer is lost is not sent again, and its job is found', async () => {
  await withRuns(async (setup) => {
    const { api, document } = setup;
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
    api.setLaunched({ timeline: ['IN_PROGRESS'] });
    const started = await start(setup, TARGET, [await document('a.pdf')]);
    expect(started).toMatchObject({ jobId: api.jobs[0]!.id, how: 'found', sends: 1 });
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('one that nobody can tell fails with what a run resumes', async () => {
  await withRuns(async (setup) => {
    const { api, document } = setup;
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
    const wait = start(setup, TARGET, [await document('a.pdf')], { startToken: false });
    const { details } = await failureOf('UnstructuredStartUncertainError', wait);
    expect(details.run).toEqual({ token: null, sentAt: details.sentAt });
  });
});

test('options of a wait are refused by name before anything is sent', async () => {
  await withRuns(async (setup) => {
    const documents = [await setup.document('a.pdf')];
    const { message } = await failureOf(
      'UnstructuredValidationError',
      start(setup, TARGET, documents, { runLimit: '1 hour' } as never),
    );
    expect(message).toMatch(/^Unknown option runLimit\. Options of a start: startToken, /);
    expect(setup.api.requests).toEqual([]);
  });
});

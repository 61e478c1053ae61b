// The key is the workflow id: whatever became of an earlier run, the same key never pays for a second job.
import {
  WorkflowClient,
  type WorkflowClientInterceptor,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
} from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createJoinRun } from '../../../activities/join-run';
import { type RunJobInput, type RunJobResult, runProgress, startRunJob, unstructuredFailure } from '../../../src';
import { JOIN_RUN } from '../../../src/core/names';
import { faults } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { sample } from '../../support/breadth';
import { failureOf } from '../../support/failure-of';
import { blockedOutputs, originOf, type RunSetup, sent, useRuns } from '../../support/runs';
import { QUEUE, RARELY } from '../../support/time-skipping';
import { quiet } from '../../support/logs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };

let parents = 0;
function parent({ env }: RunSetup, key: string, input: object): Promise<RunJobResult> {
  return env.client.workflow.execute('parentOfRun', {
    workflowId: `parent-${++parents}`,
    taskQueue: QUEUE,
    args: [{ key, start, ...input }],
  });
}

test('a parent gets the result of a child whose id is the key, and again without a second job', async () => {
  await withRuns(async (setup) => {
    const { api, document, env, to } = setup;
    const input = { documents: [await document('a.pdf')], outputs: { to } };
    const first = await parent(setup, 'invoices-1', input);
    expect(first.documents[0]).toMatchObject({ status: 'ok' });
    expect((await env.client.workflow.getHandle('invoices-1').describe()).type).toBe('runJob');
    expect(await parent(setup, 'invoices-1', input)).toEqual(first);
    expect(sent(api, 'createJob')).toBe(1);

    const handle = await startRunJob(env.client, { key: 'invoices-1', taskQueue: QUEUE, start, ...input });
    expect(await handle.result()).toEqual(first);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('a client joins a run that is under way, and so does a parent', async () => {
  await withRuns(async (setup) => {
    const { api, document, env } = setup;
    api.setStartedJobs({ timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']] });
    const input = { key: 'joined', taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
    const first = await startRunJob(env.client, input);
    const second = await startRunJob(env.client, input);
    expect(second.firstExecutionRunId).toBe(first.firstExecutionRunId);
    const result = await parent(setup, 'joined', { documents: input.documents });
    expect(result).toEqual(await first.result());
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test('a run whose transfer failed is taken up with its job', async () => {
  await withRuns(async (setup) => {
    const { api, document, env } = setup;
    const documents = [await document('a.pdf'), await document('b.pdf')];
    const { outputs, clear } = await blockedOutputs(setup);
    const input = { key: 'again', taskQueue: QUEUE, start, documents, outputs };
    const { details } = await failureOf('UnstructuredTransferError', (await startRunJob(env.client, input)).result());
    const [job] = api.jobs;
    expect(details.lostTotal).toBe(2);
    expect(details.run).toMatchObject({ jobId: job!.id });
    await clear();
    const result = await (await startRunJob(env.client, input)).result();
    expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(result.job.id).toBe(job!.id);
    expect(result.start).toEqual({ how: 'given', sends: 0 });
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test.each(sample(['client', 'parent'], 1))(
  '%s: documents that were not sent, or not in that order, never get the outputs of others',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, document, env } = setup;
      const { outputs, clear } = await blockedOutputs(setup);
      const [a, b, c] = [await document('a.pdf'), await document('b.pdf'), await document('c.pdf')];
      const key = `reordered-by-${who}`;
      const run = async (documents: { ref: string }[]) => {
        const input = { start, documents, outputs };
        if (who === 'parent') return parent(setup, key, input);
        return (await startRunJob(env.client, { key, taskQueue: QUEUE, ...input })).result();
      };
      await failureOf('UnstructuredTransferError', run([a, b]));
      await clear();
      for (const others of [[b, a], [a, c], [a], [a, b, c]]) {
        const refused = await run(others).catch((error: unknown) => error);
        const message = unstructuredFailure(refused)?.message ?? (refused as Error).message;
        expect(message).toMatch(/^Option documents must be the list that the earlier run sent/);
      }
      const result = await run([a, b]);
      expect(result.documents.map(({ status }) => status)).toEqual(['ok', 'ok']);
      expect((await originOf(result.documents[1]!.outputs[0]!)).filename).toMatch(/-1-b\.pdf$/);
      expect(sent(api, 'createJob')).toBe(1);
    });
  },
);

test.each(sample(['parent', 'client'], 1))(
  '%s: a run under way, and one that succeeded, is not joined with other documents',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, document, env } = setup;
      const [a, b] = [await document('a.pdf'), await document('b.pdf')];
      const key = `joined-by-${who}`;
      const run = async (input: RunJobInput) => {
        if (who === 'parent') return parent(setup, key, input);
        return (await startRunJob(env.client, { key, taskQueue: QUEUE, ...input })).result();
      };
      const expectRefused = async () => {
        for (const documents of [[b], [a, b], []]) {
          const refused = await run({ start: { workflowId: api.addWorkflow().id }, documents }).catch(
            (error: unknown) => error,
          );
          const message = unstructuredFailure(refused)?.message ?? (refused as Error).message;
          expect(message).toMatch(/^Option documents must be the list that the earlier run sent/);
        }
      };
      api.setStartedJobs({ timeline: [['IN_PROGRESS', '2h'], ['COMPLETED']] });
      const first = await startRunJob(env.client, { key, taskQueue: QUEUE, start, documents: [a], ...RARELY });
      await env.sleep('1 minute');
      await expectRefused();
      await first.result();
      await expectRefused();
      const signed = [{ ref: 'https://host/a?ticket=another', identity: a.ref }];
      expect((await run({ start, documents: signed })).job.id).toBe(api.jobs[0]!.id);
      expect((await run({ resume: { jobId: api.jobs[0]!.id } })).documents).toHaveLength(1);
      expect(api.jobs).toHaveLength(1);
    });
  },
);

test.each(sample(['client', 'parent'], 1))(
  '%s: documents may be null, and what is no list is refused by name',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, env } = setup;
      const { id } = api.addWorkflow();
      const run = async (key: string, documents: unknown) => {
        const input = { start: { workflowId: id }, documents: documents as [] };
        if (who === 'parent') return parent(setup, key, input);
        return (await startRunJob(env.client, { key, taskQueue: QUEUE, ...input })).result();
      };
      for (const wrong of ['x', [null], [{}], [{ ref: 7 }]]) {
        const refused = await run(`wrong-of-${who}`, wrong).catch((error: unknown) => error);
        const message = unstructuredFailure(refused)?.message ?? (refused as Error).message;
        expect(message).toMatch(/^Option documents/);
      }
      const first = await run(`null-of-${who}`, null);
      expect(first.documents).toEqual([]);
      expect(await run(`null-of-${who}`, [])).toEqual(first);
      expect(api.jobs).toHaveLength(1);
    });
  },
);

test.each(sample(['a"b', 'a\\b', 'a\tb'], 1))(
  'the key %j is refused before anything starts, because nobody would find its earlier runs',
  async (key) => {
    await withRuns(async (setup) => {
      const documents = [await setup.document('a.pdf')];
      const message = 'without ", \\ and control characters';
      const starting = startRunJob(setup.env.client, { key, taskQueue: QUEUE, start, documents });
      await expect(starting).rejects.toThrow(message);
      const failure = await failureOf('UnstructuredValidationError', parent(setup, key, { documents }));
      expect(failure.message).toContain(message);
      expect(setup.api.requests).toEqual([]);
    });
  },
);

test('what is handed in with many known files is noted within bounds', async () => {
  await withRuns(async ({ api, env }) => {
    const job = api.addJob({ timeline: ['COMPLETED'] });
    const nodes = ['a', 'b'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);
    const filesOf = (count: number) =>
      Array.from({ length: count }, (_, n) => nodes.map((nodeId) => ({ fileId: `file-${n}.pdf`, nodeId }))).flat();
    const noted = async (count: number) => {
      const resume = { jobId: job.id, knownFiles: filesOf(count) };
      const handle = await startRunJob(env.client, { key: `many-${count}`, taskQueue: QUEUE, resume });
      await handle.result();
      return ((await handle.describe()).memo?.['unstructured'] as { knownFiles?: unknown[] }).knownFiles;
    };
    expect(await noted(100)).toMatchObject([{ nodeIds: nodes }]);
    expect(await noted(5_000)).toBeUndefined();
  });
});

test('a run that was terminated is taken up with the job that it noted', async () => {
  await withRuns(async ({ api, document, env }) => {
    api.setStartedJobs({ timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']] });
    const input = { key: 'terminated', taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
    const first = await startRunJob(env.client, input);
    await env.sleep('1 minute');
    await atRest(env.client, first);
    await first.terminate();
    await expect(first.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    const result = await (await startRunJob(env.client, input)).result();
    expect(result.start).toEqual({ how: 'given', sends: 0 });
    expect(result.documents).toMatchObject([{ status: 'ok' }]);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

test.each(sample(['parent', 'client'], 1))(
  '%s: a run that ended is not taken up by another start or account',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, document, env } = setup;
      api.setStartedJobs({ timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']] });
      const input = { start, documents: [await document('a.pdf')] };
      const key = `not-taken-up-by-${who}`;
      const run = async (other: Partial<RunJobInput>) => {
        if (who === 'parent') return parent(setup, key, { ...input, ...other });
        return (await startRunJob(env.client, { key, taskQueue: QUEUE, ...input, ...other })).result();
      };
      const first = await startRunJob(env.client, { key, taskQueue: QUEUE, ...input });
      await env.sleep('1 minute');
      await atRest(env.client, first);
      await first.terminate();
      for (const other of [{ start: { templateId: 'vlm' } }, { account: 'eu' }]) {
        const refused = await run(other).catch((error: unknown) => error);
        const message = unstructuredFailure(refused)?.message ?? (refused as Error).message;
        expect(message).toContain(`Option ${Object.keys(other)[0]} must match the run of this key`);
      }
      expect((await run({})).start).toEqual({ how: 'given', sends: 0 });
      expect(sent(api, 'createJob')).toBe(1);
    });
  },
);

test.each([
  ['a job', (jobId: string) => ({ resume: { jobId } })],
  ['a lost start', () => ({ start, resume: { token: 'a1b2c3d4e5f6', sentAt: '2026-01-01T00:00:00Z' } })],
])('a run that was started by name, took up %s and was terminated is taken up with it', async (what, inputOf) => {
  await withRuns(async ({ api, document, env }) => {
    const job = api.addJob({ timeline: ['IN_PROGRESS'] });
    const documents = [await document('a.pdf')];
    const key = `by-name, ${what}`;
    const args = [{ ...inputOf(job.id), documents }];
    const first = await env.client.workflow.start('runJob', { workflowId: key, taskQueue: QUEUE, args });
    await env.sleep('8 seconds');
    await atRest(env.client, first);
    await first.terminate();
    const second = await startRunJob(env.client, { key, taskQueue: QUEUE, start, documents });
    await env.sleep('8 seconds');
    expect((await second.query(runProgress)).phase).toBe(what === 'a job' ? 'running' : 'searching');
    await atRest(env.client, second);
    await second.terminate();
    expect(sent(api, 'createJob')).toBe(0);
  });
});

test('a key that somebody else began again meanwhile is joined, not waited for', async () => {
  await withRuns(async ({ api, document, env }) => {
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const input = { key: 'begun-again', taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
    const first = await startRunJob(env.client, input);
    await env.sleep('1 minute');
    let refusals = 0;
    const late: WorkflowClientInterceptor = {
      startWithDetails: (start, next) => {
        if (refusals++ > 0) return next(start);
        throw new WorkflowExecutionAlreadyStartedError('ended', input.key, 'runJob');
      },
    };
    const client = new WorkflowClient({ ...env.client.workflow.options, interceptors: [late] });
    const second = await startRunJob(client, input);
    expect(second.firstExecutionRunId).toBe(first.firstExecutionRunId);
    await atRest(env.client, first);
    await first.terminate();
    expect(refusals).toBe(2);
  });
});

test('a look at a run that is under way is no failure that anybody counts or is warned of', async () => {
  await withRuns(async ({ api, env, document, startRun }) => {
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const documents = [await document('a.pdf')];
    const handle = await startRun({ start, documents }, { workflowId: 'looked-at' });
    const joining = new MockActivityEnvironment({}, { client: env.client, logger: quiet });
    const { [JOIN_RUN]: join } = createJoinRun();
    const error: unknown = await joining.run(join, { key: 'looked-at' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ type: 'RunUnderWay', category: 'BENIGN', nonRetryable: false });
    await atRest(env.client, handle);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  });
});

test('a run of the key that is not there any more ends its joiner: nobody can tell of its job', async () => {
  await withRuns(async ({ env: { client } }) => {
    const joining = new MockActivityEnvironment({}, { client, logger: quiet });
    const { [JOIN_RUN]: join } = createJoinRun();
    const error: unknown = await joining.run(join, { key: 'deleted' }).catch((reason: unknown) => reason);
    expect(unstructuredFailure(error)).toMatchObject({
      type: 'UnstructuredNotFoundError',
      message: expect.stringMatching(/^The run of the key "deleted" no longer exists: it was deleted, or /) as unknown,
      cause: { nonRetryable: true },
    });
  });
});

test('a run whose worker did not understand it is taken up with the job that it noted', async () => {
  await withRuns(async ({ api, document, env }) => {
    const job = api.addJob();
    const key = 'noted';
    const first = await env.client.workflow.start('runJob', {
      workflowId: key,
      taskQueue: QUEUE,
      args: [{ start, documents: [], patience: 1 }],
      memo: { unstructured: { jobId: job.id, token: null } },
    });
    const { details } = await failureOf('UnstructuredValidationError', first.result());
    expect(details.run).toBeUndefined();
    const input = { key, taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
    expect((await (await startRunJob(env.client, input)).result()).job.id).toBe(job.id);
    expect(sent(api, 'createJob')).toBe(0);
  });
});

test('a parent refuses a key that is no text', async () => {
  await withRuns(async (setup) => {
    const documents = [await setup.document('a.pdf')];
    for (const key of ['', undefined, 7] as string[]) {
      const failure = await failureOf('UnstructuredValidationError', parent(setup, key, { documents }));
      expect(failure.message).toMatch(/^Option key must be a string that is not empty, .*; got (""|undefined|7)\.$/);
    }
  });
});

test.each([{ retry: { maximumAttempts: 3 } }, { cronSchedule: '@daily' }])(
  '%j would start a second job',
  async (workflow) => {
    await withRuns(async ({ document, env }) => {
      const input = { key: 'repeated', taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
      const [name] = Object.keys(workflow);
      await expect(startRunJob(env.client, { ...input, workflow: workflow as object })).rejects.toThrow(
        `Option workflow.${name} would start a second job`,
      );
    });
  },
);

test('a terminated run that is taken up again still cancels the job that it started', async () => {
  await withRuns(async ({ api, document, env }) => {
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    const input = { key: 'cancelled-again', taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
    const first = await startRunJob(env.client, input);
    await env.sleep('1 minute');
    await atRest(env.client, first);
    await first.terminate();
    const second = await startRunJob(env.client, input);
    await env.sleep('1 minute');
    await atRest(env.client, second);
    await second.cancel();
    await expect(second.result()).rejects.toThrow();
    expect(await api.jobs[0]!.status()).toBe('STOPPED');
  });
});

test.each(sample(['client', 'parent'], 1))(
  'a %s settles a start that nobody can tell under its own key',
  async (who) => {
    await withRuns(async (setup) => {
      const { api, document, env } = setup;
      api.addFaults([[{ operation: 'createJob', first: 1 }, faults.reset()]]);
      const key = `settled-by-${who}`;
      const input = { start, documents: [await document('a.pdf')], startToken: false };
      const runAgain = async (more: object) => {
        if (who === 'parent') return parent(setup, key, { ...input, ...more });
        return (await startRunJob(env.client, { key, taskQueue: QUEUE, ...input, ...more })).result();
      };
      const { details } = await failureOf('UnstructuredStartUncertainError', runAgain({}));
      const jobId = api.jobs[0]!.id;
      const result = await runAgain({ resume: { ...details.run, jobId } });
      expect(result).toMatchObject({
        job: { id: jobId },
        start: { how: 'given', sends: 0 },
        documents: [{ status: 'ok' }],
      });
      expect(sent(api, 'createJob')).toBe(1);
    });
  },
);

test('a job that is handed in under a key of its own is run once', async () => {
  await withRuns(async ({ api, env, to }) => {
    const job = api.addJob();
    const input = { key: 'handed-in', taskQueue: QUEUE, resume: { jobId: job.id }, outputs: { to } };
    const first = await (await startRunJob(env.client, input)).result();
    expect(first.otherOutputs).toHaveLength(1);
    expect(await (await startRunJob(env.client, input)).result()).toEqual(first);
    expect([sent(api, 'createJob'), sent(api, 'downloadJobOutput')]).toEqual([0, 1]);
  });
});

test('a run whose start was refused is started anew: nothing was paid', async () => {
  await withRuns(async ({ api, document, env }) => {
    api.addFaults([[{ operation: 'createJob', first: 1 }, faults.notAccepted(), faults.status(422)]]);
    const input = { key: 'refused', taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
    const { details } = await failureOf('UnstructuredValidationError', (await startRunJob(env.client, input)).result());
    expect(details.run).toBeUndefined();
    const result = await (await startRunJob(env.client, input)).result();
    expect(result.start).toEqual({ how: 'answered', sends: 1 });
    expect(api.jobs).toHaveLength(1);
  });
});

test('a key that belongs to another workflow is refused', async () => {
  await withRuns(async (setup) => {
    const { api, document, start: startWait, env } = setup;
    const wait = await startWait(api.addJob());
    await wait.result();
    const documents = [await document('a.pdf')];
    const key = wait.workflowId;
    const message = `Option key is "${key}", the id of a workflow of type awaitJobCompletion.`;
    await expect(startRunJob(env.client, { key, taskQueue: QUEUE, start, documents })).rejects.toThrow(message);
    const failure = await failureOf('UnstructuredValidationError', parent(setup, key, { documents }));
    expect(failure.message).toBe(message);
    expect(sent(api, 'createJob')).toBe(0);
  });
});

test('bad input is refused before anything is started', async () => {
  await withRuns(async ({ env }) => {
    const bad = { key: 'bad', taskQueue: QUEUE, start: { templateId: '' }, documents: [] };
    await expect(startRunJob(env.client, bad)).rejects.toThrow('Option start must be');
    await expect(startRunJob(env.client, { ...bad, key: '' })).rejects.toThrow('Option key must be');
  });
});

// Last: the Java server's clock does not skip any more once a workflow has ended during an activity.
test('a key that a running workflow of another type has is refused', async () => {
  await withRuns(async ({ api, document, start: startWait, env }) => {
    const wait = await startWait(api.addJob({ timeline: ['IN_PROGRESS'] }));
    const input = { key: wait.workflowId, taskQueue: QUEUE, start, documents: [await document('a.pdf')] };
    await expect(startRunJob(env.client, input)).rejects.toThrow(/, the id of a workflow of type awaitJobCompletion\./);
    await wait.cancel();
    await expect(wait.result()).rejects.toThrow();
  });
});

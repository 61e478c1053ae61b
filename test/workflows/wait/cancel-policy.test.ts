// {the caller cancels, a limit passes} × {leave, cancel}, and who wins where the job ends at the same time.
import type { WorkflowFailedError } from '@temporalio/client';
import { isCancellation } from '@temporalio/workflow';
import { describe, expect, it, test } from 'vitest';
import { type AwaitJobOptions, progress } from '../../../src';
import { type Fault, faults, type JobSpec } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { sample } from '../../support/breadth';
import { currentDetailsOf } from '../../support/current-details';
import { failureOf } from '../../support/failure-of';
import { parentInline } from '../../support/parents';
import { QUEUE, RARELY, type Setup, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const LONG: JobSpec = { timeline: ['IN_PROGRESS'] };
const CANCEL: AwaitJobOptions = { ...RARELY, onCancel: 'cancel', onLimit: 'cancel', runLimit: '1 hour' };

async function expectCancellation(result: Promise<unknown>): Promise<void> {
  const error: unknown = await result.then(
    () => expect.fail('It was not cancelled.'),
    (reason: unknown) => reason,
  );
  expect(isCancellation((error as WorkflowFailedError).cause), String(error)).toBe(true);
}

const cancels = ({ api }: Setup): number => api.requests.filter(({ operation }) => operation === 'cancelJob').length;

describe('the caller cancels', () => {
  it('leave: the job goes on', async () => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob(LONG);
      const handle = await setup.start(job, RARELY);
      await setup.env.sleep('15 minutes');
      await atRest(setup.env.client, handle);
      await handle.cancel();
      await expectCancellation(handle.result());
      expect(cancels(setup)).toBe(0);
      expect(await job.status()).toBe('IN_PROGRESS');
    });
  });

  it('cancel: the API is asked, the job is seen stopped, and it ends as a cancellation', async () => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({ ...LONG, answers: { cancelTakes: '90s' } });
      const handle = await setup.start(job, CANCEL);
      await setup.env.sleep('15 minutes');
      await atRest(setup.env.client, handle);
      const before = job.checks;
      await handle.cancel();
      await expectCancellation(handle.result());
      expect(cancels(setup)).toBe(1);
      expect(await job.status()).toBe('STOPPED');
      expect(job.checks).toBeGreaterThan(before);
      expect(await handle.query(progress)).toMatchObject({
        status: 'STOPPED',
        activity: 'ended',
        cancel: { asks: 1, accepted: true, confirmed: true, lastError: null },
      });
    });
  });

  it('cancel, inline', async () => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob(LONG);
      const args: Parameters<typeof parentInline> = [[job.id], CANCEL];
      const parent = await setup.env.client.workflow.start(parentInline, {
        workflowId: 'inline',
        taskQueue: QUEUE,
        args,
      });
      await setup.env.sleep('15 minutes');
      await atRest(setup.env.client, parent);
      await parent.cancel();
      await expectCancellation(parent.result());
      expect(await job.status()).toBe('STOPPED');
    });
  });

  it('cancel, and the API never takes it: still a cancellation, after the confirm limit', async () => {
    await withWorker(async (setup) => {
      setup.api.addFaults([[{ operation: 'cancelJob' }, faults.status(503)]]);
      const job = setup.api.addJob({ ...LONG, answers: { cancelEffect: 'nothing' } });
      const handle = await setup.start(job, { ...CANCEL, confirmLimit: '2 minutes', minimumGap: '30 seconds' });
      await setup.env.sleep('15 minutes');
      await atRest(setup.env.client, handle);
      await handle.cancel();
      await expectCancellation(handle.result());
      expect(cancels(setup)).toBeGreaterThan(3);
      expect(await job.status()).toBe('IN_PROGRESS');
      const { cancel } = await handle.query(progress);
      expect(cancel).toMatchObject({
        accepted: false,
        confirmed: false,
        lastError: { type: 'UnstructuredServerError', api: { status: 503 } },
      });
      expect(await currentDetailsOf(handle)).toMatch(/\| Cancelling \| since .*: not accepted \(requests: \d\): Unstr/);
    });
  });

  it.each([
    ['a gateway answers 404', faults.html({ status: 404 })],
    ['the key is refused for a moment', faults.status(401)],
  ])('cancel, and %s: it is asked again until the job is stopped', async (_, fault) => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({ ...LONG, answers: { cancelEffect: 'nothing' } });
      const reachable = () => {
        job.setAnswers({ cancelEffect: 'stops' });
        return false;
      };
      job.addFaults([
        [{ operation: 'cancelJob', first: 2 }, fault],
        [{ operation: 'cancelJob', from: 3, test: reachable }, faults.delay(0)],
      ]);
      const handle = await setup.start(job, { ...CANCEL, minimumGap: '30 seconds' });
      await setup.env.sleep('15 minutes');
      await atRest(setup.env.client, handle);
      await handle.cancel();
      await expectCancellation(handle.result());
      expect(cancels(setup)).toBe(3);
      expect(await job.status()).toBe('STOPPED');
      expect((await handle.query(progress)).cancel).toMatchObject({ asks: 3, accepted: true, confirmed: true });
    });
  });

  it('cancel, and the job’s lists have grown too large: still a cancellation', async () => {
    await withWorker(async (setup) => {
      const names = Array.from({ length: 20 }, (_, n) => `${n}-${'x'.repeat(100)}.pdf`);
      const job = setup.api.addJob({ ...LONG, files: names, answers: { outputNodeFiles: 'null' } });
      const handle = await setup.start(job, { ...CANCEL, files: 'final', maxResultBytes: 6_500 });
      await setup.env.sleep('15 minutes');
      await atRest(setup.env.client, handle);
      job.setAnswers({ outputNodeFiles: 'always', cancelTakes: '90s' });
      await handle.cancel();
      await expectCancellation(handle.result());
      expect(await job.status()).toBe('STOPPED');
    });
  });

  it('cancel, and the job has completed by itself: still a cancellation', async () => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({
        timeline: [['IN_PROGRESS', '14m'], ['COMPLETED']],
        answers: { cancelOfFinished: 409 },
      });
      const handle = await setup.start(job, { ...CANCEL, minimumGap: '1 hour', maximumGap: '1 hour' });
      await setup.env.sleep('15 minutes');
      await atRest(setup.env.client, handle);
      await handle.cancel();
      await expectCancellation(handle.result());
      expect(await job.status()).toBe('COMPLETED');
      expect(cancels(setup)).toBe(1);
    });
  });
});

/** The job ends before the API has the cancel, and what that answers then, or after it. */
const ORDERS = [
  ['before', 200],
  ['before', 404],
  ['before', 409],
  ['after', 200],
] as const;
const RACES = ORDERS.flatMap(([order, answer]) =>
  (['COMPLETED', 'FAILED', 'STOPPED'] as const).map((status) => [status, order, answer] as const),
);

// The job ends after the last check saw it running.
describe('the caller cancels', () => {
  test.each(sample(RACES, 4))(
    'a job that ends %s %s the cancel arrives (%i): a cancellation, and the progress tells the rest',
    async (status, order, cancelOfFinished) => {
      await withWorker(async (setup) => {
        const job = setup.api.addJob({ ...LONG, answers: { cancelOfFinished, cancelEffect: 'nothing' } });
        const end = () => {
          job.setStatus(status);
          return false;
        };
        if (order === 'after') job.addFaults([[{ operation: 'cancelJob', test: end }, faults.delay(0)]]);
        const handle = await setup.start(job, CANCEL);
        await setup.env.sleep('15 minutes');
        await atRest(setup.env.client, handle);
        if (order === 'before') end();
        await handle.cancel();
        await expectCancellation(handle.result());
        const accepted = cancelOfFinished === 200;
        expect(await handle.query(progress)).toMatchObject({ status, cancel: { asks: 1, accepted, confirmed: true } });
        expect(cancels(setup)).toBe(1);
      });
    },
  );
});

describe('a limit passes', () => {
  it('leave: the failure says which, and the job goes on', async () => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob(LONG);
      const { details } = await failureOf(
        'UnstructuredJobTimeoutError',
        setup.waitFor(job, { ...RARELY, runLimit: '1 hour' }),
      );
      expect(details).toMatchObject({ limit: 'run', lastStatus: 'IN_PROGRESS', cancel: null });
      expect(cancels(setup)).toBe(0);
      expect(await job.status()).toBe('IN_PROGRESS');
    });
  });

  it.each([
    ['run', { runLimit: '1 hour' }, 'IN_PROGRESS'],
    ['queue', { queueLimit: '1 hour' }, 'SCHEDULED'],
    ['total', { runLimit: null, totalLimit: '1 hour' }, 'IN_PROGRESS'],
    ['stall', { stallLimit: '1 hour' }, 'IN_PROGRESS'],
  ] as const)('cancel: the %s limit surfaces, not the STOPPED that we caused', async (limit, options, status) => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({ timeline: [[status, '10h'], ['COMPLETED']] });
      const wait = setup.waitFor(job, { ...CANCEL, runLimit: undefined, ...options } as AwaitJobOptions);
      const { details, message } = await failureOf('UnstructuredJobTimeoutError', wait);
      expect(details).toMatchObject({
        limit,
        lastStatus: 'STOPPED',
        cancel: { accepted: true, confirmed: true, asks: 1 },
      });
      const still = limit === 'stall' ? ` (no file moved since ${details.stalled!.since})` : '';
      expect(message).toContain(
        `the ${limit} limit of 3600000 ms${still} passed, and it was cancelled: it ended STOPPED`,
      );
      expect(await job.status()).toBe('STOPPED');
    });
  });

  it('cancel, taken though the answer is lost, and refused from then on: the stop is ours', async () => {
    await withWorker(async (setup) => {
      setup.api.addFaults([[{ operation: 'cancelJob', first: 1 }, faults.status(502)]]);
      const job = setup.api.addJob({ ...LONG, answers: { cancelOfFinished: 409 } });
      const { details } = await failureOf('UnstructuredJobTimeoutError', setup.waitFor(job, CANCEL));
      expect(details.cancel).toMatchObject({ asks: 1, accepted: false, confirmed: true });
    });
  });

  it('cancel, and the API refuses: the limit all the same, with the refusal', async () => {
    await withWorker(async (setup) => {
      setup.api.addFaults([[{ operation: 'cancelJob' }, faults.status(403)]]);
      const job = setup.api.addJob({ ...LONG, answers: { cancelEffect: 'nothing' } });
      const { details, message } = await failureOf('UnstructuredJobTimeoutError', setup.waitFor(job, CANCEL));
      expect(details.cancel).toMatchObject({
        accepted: false,
        confirmed: false,
        asks: 1,
        lastError: { type: 'UnstructuredPermissionError' },
      });
      expect(message).toContain('cancelling it failed (UnstructuredPermissionError');
    });
  });

  it('cancel, and it is never confirmed: the limit, after the confirm limit', async () => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({ ...LONG, answers: { cancelEffect: 'nothing' } });
      const wait = setup.waitFor(job, { ...CANCEL, minimumGap: '1 minute', maximumGap: '10 minutes' });
      const { details } = await failureOf('UnstructuredJobTimeoutError', wait);
      expect(details.cancel).toMatchObject({ accepted: true, confirmed: false });
      const { endedAt } = details.wait;
      const tookMs = Date.parse(endedAt) - Date.parse(details.cancel!.since);
      expect(tookMs).toBeGreaterThanOrEqual(300_000);
      expect(tookMs).toBeLessThan(360_000);
    });
  });

  test('unknown statuses use up their budget without any cancel', async () => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({ timeline: [['PAUSED', '30d'], ['COMPLETED']] });
      const { details } = await failureOf(
        'UnstructuredJobTimeoutError',
        setup.waitFor(job, { ...CANCEL, maximumGap: '1 hour', minimumGap: '1 hour' }),
      );
      expect(details.limit).toBe('unknownStatus');
      expect(cancels(setup)).toBe(0);
    });
  });
});

// The job ends within the moment of the limit: after the last check saw it running.
describe('at a limit', () => {
  const usual = {
    COMPLETED: undefined,
    FAILED: 'UnstructuredJobFailedError',
    STOPPED: 'UnstructuredJobStoppedError',
  } as const;
  test.each(sample(RACES, 4))('a job ends %s %s the cancel arrives (%i)', async (status, order, cancelOfFinished) => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({ ...LONG, answers: { cancelOfFinished, cancelEffect: 'nothing' } });
      // Once a request at the limit has its answer, the job is over.
      const end = () => {
        job.setStatus(status);
        return false;
      };
      const operation = order === 'before' ? 'getJob' : 'cancelJob';
      job.addFaults([[{ operation, after: '60m', test: end }, faults.delay(0)]]);
      const wait = setup.waitFor(job, CANCEL);
      // Where the API took the cancel, nobody can tell whose stop it was.
      const type = status === 'STOPPED' && cancelOfFinished === 200 ? 'UnstructuredJobTimeoutError' : usual[status];
      if (type === undefined) expect((await wait).job.status).toBe('COMPLETED');
      else await failureOf(type, wait);
      expect(cancels(setup)).toBe(1);
    });
  });
});

test('a cancel at a limit is taken, and the job completes all the same', async () => {
  await withWorker(async (setup) => {
    const timeline: JobSpec['timeline'] = [['IN_PROGRESS', '62m'], ['COMPLETED']];
    const job = setup.api.addJob({ timeline, answers: { cancelTakes: '10m' } });
    const { job: ended } = await setup.waitFor(job, { ...CANCEL, minimumGap: '1 minute', maximumGap: '1 minute' });
    expect(ended.status).toBe('COMPLETED');
    expect(cancels(setup)).toBe(2); // once more by the look that still saw it run, a minute later
  });
});

test('a check that fails never cancels anything', async () => {
  await withWorker(async (setup) => {
    const job = setup.api.addJob({ ...LONG, faults: [[{ from: 2 }, faults.status(401)]] });
    await failureOf(
      'UnstructuredAuthenticationError',
      setup.waitFor(job, { ...CANCEL, runLimit: null as unknown as undefined }),
    );
    expect(cancels(setup)).toBe(0);
    expect(await job.status()).toBe('IN_PROGRESS');
  });
});

test('the caller cancels while a limit is being enforced: it ends as a cancellation', async () => {
  await withWorker(async (setup) => {
    const job = setup.api.addJob({ ...LONG, answers: { cancelTakes: '4m' } });
    const handle = await setup.start(job, { ...CANCEL, minimumGap: '1 minute', maximumGap: '1 minute' });
    await setup.env.sleep('62 minutes');
    expect(cancels(setup)).toBeGreaterThan(0);
    await atRest(setup.env.client, handle);
    await handle.cancel();
    await expectCancellation(handle.result());
    expect(await job.status()).toBe('STOPPED');
    const { cancel } = await handle.query(progress); // one cancelling made all requests
    expect(cancel).toMatchObject({ asks: cancels(setup), accepted: true, confirmed: true });
  });
});

test('a limit passes while the caller’s cancel is under way: it ends as a cancellation, and one cancelling goes on', async () => {
  await withWorker(async (setup) => {
    const job = setup.api.addJob({ ...LONG, answers: { cancelTakes: '4m' } });
    const handle = await setup.start(job, { ...CANCEL, minimumGap: '1 minute', maximumGap: '1 minute' });
    await setup.env.sleep('59 minutes');
    await atRest(setup.env.client, handle);
    await handle.cancel();
    await expectCancellation(handle.result());
    const { status, runningMs, cancel } = await handle.query(progress);
    expect(runningMs).toBeGreaterThan(61 * 60_000); // the limit is of an hour
    expect(status).toBe('STOPPED');
    expect(cancel).toMatchObject({ asks: cancels(setup), accepted: true, confirmed: true });
  });
});

const TAKEN: Record<string, Fault[]> = {
  'its own answer': [],
  'a page': [faults.html({ status: 200 })],
  'an empty list': [faults.garbage({ body: '[]' })],
  nothing: [faults.garbage({ body: '' })],
};

test.each(sample(Object.entries(TAKEN), 2))(
  'a job that runs on is asked again, though %s says that the cancel was taken',
  async (_, says) => {
    await withWorker(async (setup) => {
      const job = setup.api.addJob({ ...LONG, answers: { cancelEffect: 'nothing' } });
      setup.api.addFaults(says.map((fault) => [{ operation: 'cancelJob' }, fault]));
      const wait = setup.waitFor(job, {
        ...CANCEL,
        minimumGap: '10 seconds',
        gapFraction: 1,
        maximumGap: '10 minutes',
      });
      const { message, details } = await failureOf('UnstructuredJobTimeoutError', wait);
      expect(message).toContain('and it was cancelled, but was last seen IN_PROGRESS: it may still run');
      expect(details.cancel).toMatchObject({ asks: cancels(setup), accepted: true, confirmed: false, lastError: null });
      expect(cancels(setup)).toBe(5); // growing gaps within five minutes
    });
  },
);

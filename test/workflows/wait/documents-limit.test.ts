// The total limit counts to the end: also while the documents of a job that is over are asked for.
import { expect, test } from 'vitest';
import { progress, type AwaitJobHandle, type AwaitJobOptions } from '../../../src';
import { faults, type Fault } from '../../../src/testing';
import { failureOf } from '../../support/failure-of';
import { RARELY, useTimeSkipping, type Setup } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const MINUTE = 60_000;
const STRICT = { ...RARELY, failedFiles: 'fail', totalLimit: '1 hour' } as const;
const details = (fault: Fault) => [[{ operation: 'getJobDetails' }, fault]] as Parameters<Setup['api']['addFaults']>[0];

/** How long the workflow took, in minutes. */
async function minutesOf(handle: AwaitJobHandle): Promise<number> {
  const { startTime, closeTime } = await handle.describe();
  return (closeTime!.getTime() - startTime.getTime()) / MINUTE;
}

test('with fail the wait ends at it where the API does not tell of the documents', async () => {
  await withWorker(async ({ api, env, start }) => {
    api.addFaults(details(faults.status(503)));
    const handle = await start(api.addJob({ timeline: [['IN_PROGRESS', '5m'], ['COMPLETED']] }), STRICT);
    await env.sleep('30 minutes');
    const { limitAt, startedAt, status } = await handle.query(progress);
    expect(status).toBe('COMPLETED');
    expect(Date.parse(limitAt!) - Date.parse(startedAt)).toBe(60 * MINUTE);

    const { message, details: told } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(message).toMatch(
      /ended COMPLETED, but it was still unknown whether its documents failed when the total limit/,
    );
    expect(told).toMatchObject({
      limit: 'total',
      lastStatus: 'COMPLETED',
      job: { status: 'COMPLETED' },
      lastCheck: 'error',
    });
    // The last question has what is left of the limit, in which a busy machine may not answer.
    expect(['UnstructuredServerError', 'UnstructuredTimeoutError']).toContain(told.lastError?.type);
    expect(Math.floor(await minutesOf(handle))).toBe(60);
    expect((await handle.query(progress)).limitAt).toBeNull();
  });
});

test('a job that is seen COMPLETED at it is asked about once', async () => {
  await withWorker(async ({ api, start }) => {
    const job = () => api.addJob({ files: ['a.pdf'], timeline: [['IN_PROGRESS', '59m'], ['COMPLETED']] });
    const options = { ...STRICT, minimumGap: '50 minutes', maximumGap: '50 minutes' } as const;
    expect((await (await start(job(), options)).result()).documents?.processingStatus).toBe('SUCCESS');
    api.addFaults(details(faults.status(503)));
    const handle = await start(job(), options);
    await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(Math.floor(await minutesOf(handle))).toBe(60);
  });
});

test('a job that completed while it was cancelled at a limit is asked about once more, and the limit ends the wait', async () => {
  await withWorker(async ({ api, start }) => {
    api.addFaults(details(faults.status(503)));
    const job = api.addJob({ timeline: [['IN_PROGRESS', '62m'], 'COMPLETED'], answers: { cancelTakes: '10m' } });
    const gaps: AwaitJobOptions = { minimumGap: '1 minute', maximumGap: '1 minute' };
    const handle = await start(job, { ...gaps, failedFiles: 'fail', onLimit: 'cancel', runLimit: '1 hour' });
    const { details: told } = await failureOf('UnstructuredJobTimeoutError', handle.result());
    expect(told).toMatchObject({ limit: 'run', lastStatus: 'COMPLETED', cancel: { accepted: true, confirmed: true } });
    expect(await minutesOf(handle)).toBeLessThan(65);
  });
});

test('by default the result is returned, and says that nothing was told in time', async () => {
  await withWorker(async ({ api, start }) => {
    api.addFaults(details(faults.rateLimit({ retryAfter: 300 })));
    const job = () => api.addJob({ timeline: [['IN_PROGRESS', '8m'], ['COMPLETED']] });
    const limited = await start(job(), { ...RARELY, totalLimit: '12 minutes' });
    expect(await limited.result()).toMatchObject({ job: { status: 'COMPLETED' }, documents: null });
    expect(await minutesOf(limited)).toBeLessThan(13);
    const free = await start(job(), RARELY);
    expect((await free.result()).documentsError).toMatch(/^UnstructuredRateLimitError/);
    expect(await minutesOf(free)).toBeLessThanOrEqual(20.5);
  });
});

test('what the service asks to wait does not hold up a failure that is known', async () => {
  await withWorker(async ({ api, start }) => {
    api.addFaults([[{ operation: 'getJobFailedFiles' }, faults.rateLimit({ retryAfter: 300 })]]);
    const handle = await start(api.addJob({ timeline: ['FAILED'] }), RARELY);
    const { details: told } = await failureOf('UnstructuredJobFailedError', handle.result());
    expect(told.failedFiles).toBeNull();
    expect(await minutesOf(handle)).toBeLessThan(1);
  });
});

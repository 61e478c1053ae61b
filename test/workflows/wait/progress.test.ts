// Whoever looks at a wait sees which job, what status since when, what went wrong last, and when the next check comes.
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import { progress } from '../../../src';
import { faults } from '../../../src/testing';
import { atRest } from '../../support/at-rest';
import { currentDetailsOf } from '../../support/current-details';
import { eventsOf } from '../../support/histories';
import { RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('the query tells what the wait has seen and when it looks next', async () => {
  await withWorker(async ({ env, api, start }) => {
    const job = api.addJob({
      timeline: [['SCHEDULED', '12m'], ['IN_PROGRESS']],
      faults: [[{ after: '25m', until: '35m' }, faults.status(503)]],
    });
    const handle = await start(job, { ...RARELY, runLimit: '2 hours' });
    await env.sleep('15 minutes');
    const queued = await handle.query(progress);
    expect(queued).toMatchObject({
      jobId: job.id,
      status: 'SCHEDULED',
      activity: 'sleeping',
      limitAt: null,
      checks: 2,
      failures: {},
      failing: null,
      lastError: null,
      unknownStatuses: {},
      unreadableEntries: 0,
      runningMs: 0,
      outputNodeFilesTotal: 4,
      hints: 0,
    });
    for (const at of ['statusSince', 'nextCheckAt', 'startedAt', 'lastCheckAt'] as const) {
      expect(queued[at], at).toMatch(ISO);
    }
    expect(Date.parse(queued.nextCheckAt!) - Date.parse(queued.lastCheckAt!)).toBeGreaterThanOrEqual(600_000);

    await env.sleep('20 minutes');
    const failing = await handle.query(progress);
    expect(failing).toMatchObject({
      status: 'IN_PROGRESS',
      checks: 4,
      failures: { UnstructuredServerError: 1 },
      failing: { count: 1 },
      lastError: { type: 'UnstructuredServerError' },
    });
    expect(Date.parse(failing.limitAt!) - Date.parse(failing.statusSince!)).toBe(2 * 3_600_000);
    await atRest(env.client, handle);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  });
});

test('while documents are asked for, it tells that the job is over', async () => {
  await withWorker(async ({ env, api, start }) => {
    api.addFaults([[{ operation: 'getJobDetails' }, faults.status(503)]]);
    const handle = await start(api.addJob({ timeline: [['IN_PROGRESS', '15m'], ['COMPLETED']] }), RARELY);
    await env.sleep('1230 seconds');
    expect(await handle.query(progress)).toMatchObject({ status: 'COMPLETED', activity: 'askingDocuments' });
    const details = await currentDetailsOf(handle);
    expect(details).toContain('| Status | **COMPLETED**, since ');
    expect(details).toContain('| none: the job has ended, and its failed documents are requested |');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  });
});

test('it also answers after the end', async () => {
  await withWorker(async ({ api, start }) => {
    const handle = await start(api.addJob());
    await handle.result();
    expect(await handle.query(progress)).toMatchObject({
      status: 'COMPLETED',
      activity: 'ended',
      nextCheckAt: null,
      checks: 1,
    });
  });
});

test('the current details say it in a Markdown table', async () => {
  await withWorker(async ({ env, api, start }) => {
    const job = api.addJob({
      timeline: [['IN_PROGRESS', '5m'], ['ODD|`<b>']],
      faults: [[{ after: '25m', until: '35m' }, faults.status(503, { body: { detail: 'a | b\n<script>' } })]],
    });
    const handle = await start(job, { ...RARELY, totalLimit: '2 hours' });
    await env.sleep('35 minutes');
    const details = await currentDetailsOf(handle);
    const rows = details.split('\n');

    expect(rows.slice(0, 3)).toEqual(['| | |', '|---|---|', `| Job | \`${job.id}\` |`]);
    expect(details).toMatch(
      /\| Status \| \*\*ODD `? ?.*\*\* when last seen, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \|/,
    );
    expect(details).toMatch(/\| Next.check \| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \|/);
    expect(details).toMatch(/\| Limit.at \| \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \|/);
    expect(details).toMatch(/\| Checks \| 4, last \d{4}-/);
    expect(details).toMatch(/\| Failing \| \*\*1 check in a row, since .*\*\* \|/);
    expect(details).toMatch(/\| Last.error \| .* UnstructuredServerError: .* \|/);
    expect(details).toMatch(/\| Unknown.statuses \| `.*` × 2 \|/);
    for (const row of rows) expect(row, row).toMatch(/^\|[^|]*\|[^|]*\|$/);
    expect(details).not.toContain('<');
    await atRest(env.client, handle);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
  });
});

test('timers, activities and the workflow carry summaries', async () => {
  await withWorker(async ({ api, start }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 1 }], ['COMPLETED']] });
    const handle = await start(job, RARELY);
    await handle.result();
    const summaries = (await eventsOf(handle)).flatMap(({ userMetadata }) =>
      userMetadata?.summary ? [defaultPayloadConverter.fromPayload<string>(userMetadata.summary)] : [],
    );
    expect(summaries).toEqual([
      `Unstructured job ${job.id}`,
      `check 1: job ${job.id}`,
      'IN_PROGRESS after 1 check',
      `check 2: job ${job.id}`,
      'did documents fail?',
    ]);
  });
});

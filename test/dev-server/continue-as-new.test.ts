// A wait continues as new when the server suggests it, and loses nothing: no check, no clock, no signal.
import { expect, test } from 'vitest';
import { checkNow, type AwaitJobHandle } from '../../src';
import { faults, type FaultRule } from '../../src/testing';
import { Gate } from '../support/gate';
import { historiesOf, type RecordedRun } from '../support/histories';
import { parentOfChild } from '../support/parents';
import { OFTEN, SELDOM, useDevServer, type Setup } from './support/dev-server';
import { eventually } from './support/eventually';

const SUGGESTED_AT = 40;
const suggest = `limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT}`;
const { withWorker } = useDevServer({ server: { extraArgs: ['--dynamic-config-value', suggest] } });
/** So that only the server's suggestion counts. */
const NOT_BY_ITSELF = { continueAsNewAfterEvents: 50_000 };

async function runsOf({ client }: Setup, { workflowId }: Pick<AwaitJobHandle, 'workflowId'>): Promise<RecordedRun[]> {
  const runs: { workflowId: string; runId: string }[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    runs.push({ workflowId, runId });
  return historiesOf(client, runs);
}

/** Each run is short, and each but one ends by continuing as new. */
async function expectShortRuns(setup: Setup, handle: Pick<AwaitJobHandle, 'workflowId'>, least: number): Promise<void> {
  await eventually(async () => {
    const histories = (await runsOf(setup, handle)).map(({ history }) => history.events ?? []);
    expect(histories.length).toBeGreaterThanOrEqual(least);
    const continued = histories.filter((events) => events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes);
    expect(continued).toHaveLength(histories.length - 1);
    for (const events of histories) expect(events.length).toBeLessThan(2 * SUGGESTED_AT);
  });
}

test.concurrent('the report covers all runs, and the client gets the result', async () => {
  await withWorker(async (setup) => {
    const { api, start } = setup;
    const job = api.addJob({ timeline: [['SCHEDULED', { checks: 4 }], ['IN_PROGRESS', { checks: 8 }], ['COMPLETED']] });
    const handle = await start(job, { ...OFTEN, ...NOT_BY_ITSELF });
    const { wait, outputNodeFiles, outputNodeFilesSource } = await handle.result();

    expect(wait).toMatchObject({ checks: 13, failures: {} });
    expect(wait.queuedMs).toBeGreaterThanOrEqual(4_000);
    expect(wait.runningMs).toBeGreaterThanOrEqual(8_000);
    expect(outputNodeFiles).toHaveLength(4);
    expect(outputNodeFilesSource).toBe('answer');
    expect(job.checks).toBe(13);
    await expectShortRuns(setup, handle, 3);
  });
});

test.concurrent('a parent gets the result of a child that continued as new', async () => {
  await withWorker(async (setup) => {
    const { api, client, queue } = setup;
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 8 }], ['COMPLETED']] });
    const args: Parameters<typeof parentOfChild> = [job.id, { ...OFTEN, ...NOT_BY_ITSELF }];
    const result = await client.workflow.execute(parentOfChild, { workflowId: 'parent', taskQueue: queue, args });

    expect(result.wait).toMatchObject({ checks: 9, failures: {} });
    await expectShortRuns(setup, { workflowId: `unstructured-job-${job.id}` }, 2);
  });
});

test.concurrent('each signal causes a check, also around the change of runs', async () => {
  await withWorker(async (setup) => {
    const { api, start } = setup;
    const signals = 12;
    const answers = Array.from({ length: signals }, () => new Gate());
    const held = answers.map((answer, index): FaultRule => [index + 1, faults.until(answer.opened)]);
    const job = api.addJob({ timeline: ['IN_PROGRESS'], faults: held });
    const handle = await start(job, { ...SELDOM, ...NOT_BY_ITSELF });
    // Sent while a check is under way, a signal waits for the step after it: the very one that may continue as new.
    for (const [index, answer] of answers.entries()) {
      await eventually(() => expect(job.checks).toBe(index + 1));
      if (index === signals - 1) job.setStatus('COMPLETED');
      await handle.signal(checkNow);
      answer.open();
    }
    const { wait } = await handle.result();
    expect(wait).toMatchObject({ checks: signals + 1, hints: signals, failures: {} });
    expect(job.checks).toBe(signals + 1);
    await expectShortRuns(setup, handle, 3);
  });
});

// The inline form lives in a workflow of somebody else's: it leaves that workflow's handlers, details and run alone.
import { expect, test } from 'vitest';
import { currentDetailsOf } from '../../support/current-details';
import { eventsOf } from '../../support/histories';
import { parentWithHandlers } from '../../support/parents';
import { QUEUE, RARELY, useTimeSkipping } from '../../support/time-skipping';

const withWorker = useTimeSkipping();

test("it sets no handlers and no current details, and never continues as new in the caller's place", async () => {
  await withWorker(async ({ env, api }) => {
    const job = api.addJob({ timeline: [['IN_PROGRESS', { checks: 7 }], ['COMPLETED']] });
    const args: Parameters<typeof parentWithHandlers> = [job.id, { ...RARELY, continueAsNewAfterEvents: 50 }];
    const handle = await env.client.workflow.start(parentWithHandlers, { workflowId: 'own', taskQueue: QUEUE, args });
    await env.sleep('25 minutes');
    await handle.signal('unstructured.checkNow');
    expect(await handle.query('unstructured.progress')).toBe("the parent's answer");
    expect(await currentDetailsOf(handle)).toBe("the parent's details");
    expect(job.checks).toBe(3);

    expect(await handle.result()).toEqual({ checks: 8, signals: 1, runId: handle.firstExecutionRunId });
    expect(await currentDetailsOf(handle)).toBe("the parent's details");
    expect((await eventsOf(handle)).length).toBeGreaterThan(50);
  });
});

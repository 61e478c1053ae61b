import { expect, test } from 'vitest';
import { useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();

test.each([
  ['a run', 'parentOfRun'],
  ['a batch', 'parentOfBatch'],
])('options of the child workflow reach %s', async (_, parent) => {
  await withRuns(async ({ document, env, to }) => {
    const workflow = { memo: { team: 'contracts' }, workflowExecutionTimeout: '2 days' };
    const key = `child-of-${parent}`;
    const documents = [await document('a.pdf')];
    await env.client.workflow.execute(parent, {
      taskQueue: QUEUE,
      workflowId: parent,
      args: [{ key, start: { templateId: 'hi_res_partition' }, documents, outputs: { to }, workflow }],
    });
    const { memo, raw } = await env.client.workflow.getHandle(key).describe();
    expect(memo).toMatchObject({ team: 'contracts' });
    expect(Object.keys(memo!).length).toBeGreaterThan(1); // its own stand beside
    expect(Number(raw.executionConfig?.workflowExecutionTimeout?.seconds)).toBe(2 * 86_400);
  });
});

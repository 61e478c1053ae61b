// Whoever wants waits or runs to stay on the version that they began on says so in the own workflow file.
import { setWorkflowOptions } from '@temporalio/workflow';
import { expect, test } from 'vitest';
import { awaitJobCompletion, runJob } from '../../workflows';

const behaviourOf = (workflow: object) =>
  (workflow as { workflowDefinitionOptions?: { versioningBehavior?: string } }).workflowDefinitionOptions
    ?.versioningBehavior;

test.each([
  ['awaitJobCompletion', awaitJobCompletion],
  ['runJob', runJob],
])('%s declares AUTO_UPGRADE, and a later word counts more', (_, workflow) => {
  expect(behaviourOf(workflow)).toBe('AUTO_UPGRADE');
  setWorkflowOptions({ versioningBehavior: 'PINNED' }, workflow as (...args: unknown[]) => Promise<unknown>);
  expect(behaviourOf(workflow)).toBe('PINNED');
});

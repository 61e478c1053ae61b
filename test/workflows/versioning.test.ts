// Whoever wants waits or runs to stay on the version that they began on says so in the own workflow file.
import { setWorkflowOptions } from '@temporalio/workflow';
import { expect, test } from 'vitest';
import { awaitJobCompletion, runJob, runJobs } from '../../workflows';

const optionsOf = (workflow: object) => (workflow as { workflowDefinitionOptions?: unknown }).workflowDefinitionOptions;

test.each([
  ['awaitJobCompletion', awaitJobCompletion],
  ['runJob', runJob],
  ['runJobs', runJobs],
])('%s says how it is versioned, and a later word counts more', (_, workflow) => {
  expect(optionsOf(workflow)).toBeTypeOf('function');
  const pinned = { versioningBehavior: 'PINNED' } as const;
  setWorkflowOptions(pinned, workflow as (...args: unknown[]) => Promise<unknown>);
  expect(optionsOf(workflow)).toBe(pinned);
});

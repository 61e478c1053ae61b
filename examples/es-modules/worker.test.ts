import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowsPath } from './worker.js';

test('a worker of ES modules finds its workflows', async () => {
  const { code } = await bundleWorkflowCode({ workflowsPath });
  assert.match(code, /async function indexContract\(/);
});

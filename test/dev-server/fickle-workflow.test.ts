// A workflow that does another thing when it is replayed fails the check at the end of a test file.
import { afterAll, expect, test } from 'vitest';
import { useDevServer } from './support/dev-server';
import { fickle } from './support/workflows';

let isChecked = false;
// Registered first, so it runs last.
afterAll(() => expect(isChecked).toBe(true));
const { withWorker } = useDevServer({ atEnd: expectNotReplayed });

async function expectNotReplayed(check: () => Promise<void>): Promise<void> {
  await expect(check()).rejects.toThrow(/^Histories that do not replay:\nfickle: .*Nondeterminism/);
  isChecked = true;
}

test('while it runs nothing is wrong with it', async () => {
  await withWorker(async ({ client, queue }) => {
    await client.workflow.execute(fickle, { workflowId: 'fickle', taskQueue: queue });
  });
});

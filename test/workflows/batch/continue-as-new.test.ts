import { expect, test } from 'vitest';
import { useBatches } from '../../support/batches';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

test('a batch with a long history lets its jobs end, goes on in a fresh one, and never runs more jobs than it may', async () => {
  await withBatches(async ({ api, documents, startBatch, records, to, env }) => {
    const handle = await startBatch(
      {
        start: { templateId: 'hi_res_partition' },
        documents: await documents(24),
        outputs: { to },
        perJob: 2,
        parallel: 3,
        continueAsNewAfterEvents: 50,
        ...RARELY,
      },
      'long',
    );
    const { counts } = await handle.result();
    expect(counts).toMatchObject({ documents: 24, ok: 24, jobs: 12 });
    expect(api.jobs).toHaveLength(12);
    expect((await records('long')).parts.flat()).toHaveLength(24);
    const first = await env.client.workflow.getHandle('long', handle.firstExecutionRunId).describe();
    expect(first.status.name).toBe('CONTINUED_AS_NEW');
    expect(first.historyLength).toBeLessThan(50 + 3 * 10);
  });
});

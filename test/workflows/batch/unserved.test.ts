// Where no worker takes what plans a batch, that is shown within a minute, and the batch waits for one.
import { expect, test } from 'vitest';
import { batchProgress } from '../../../src';
import { useBatches } from '../../support/batches';
import { currentDetailsOf } from '../../support/current-details';

const withBatches = useBatches();

test('the query and the Web UI tell which task queue no worker serves', async () => {
  await withBatches(async ({ documents, startBatch, to, env }) => {
    const handle = await startBatch({
      start: { templateId: 'hi_res_partition' },
      documents: await documents(1),
      outputs: { to },
      activityTaskQueue: 'nobody',
    });
    expect(await handle.query(batchProgress)).toMatchObject({ phase: 'planning', unserved: null });
    await env.sleep('1 minute');
    const { phase, unserved } = await handle.query(batchProgress);
    expect({ phase, taskQueue: unserved?.taskQueue }).toEqual({ phase: 'planning', taskQueue: 'nobody' });
    expect(await currentDetailsOf(handle)).toContain('no worker takes it from task queue `nobody`');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow('cancelled');
  });
});

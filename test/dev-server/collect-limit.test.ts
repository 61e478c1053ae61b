// Fetching outputs ends at its limit also where no activity answers: without a worker, and in the middle of an attempt.
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { UnstructuredPlugin } from '../../src';
import { faults } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { collecting } from '../support/parents';
import { temporaryFolder } from '../testing/temporary-folder';
import { useDevServer } from './support/dev-server';

const { withApi } = useDevServer();

test.each([
  ['no worker takes the activity', false, 0],
  ['an attempt does not end', true, 1],
])('where %s, a typed failure tells how many were saved', async (_, isServed, savedTotal) => {
  const outbox = await temporaryFolder();
  await withApi(async ({ api, client, queue, startWorker }) => {
    const job = api.addJob({ files: 3, nodes: 1 });
    api.addFaults([[{ operation: 'downloadJobOutput', from: 2 }, faults.drip({ bytes: 1, every: '100ms' })]]);
    const outputs = { folders: [outbox] };
    await startWorker({ plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: api.apiKey, outputs })] });
    const files = job.fileIds.map((fileId) => ({ fileId, nodeIds: [] }));
    const request = { jobId: job.id, files, which: 'final', to: pathToFileURL(outbox).href, parallel: 1 } as const;
    const options = { collectLimit: '3 seconds', ...(!isServed && { activityTaskQueue: 'nobody' }) } as const;
    const workflow = { taskQueue: queue, workflowId: `collect-${queue}` };
    const ended = client.workflow.execute(collecting, { ...workflow, args: [request, options] });
    const { message, details } = await failureOf('UnstructuredTransferError', ended);
    expect(message).toContain(`${savedTotal} of 3 outputs of job ${job.id} were saved within collectLimit (3000 ms)`);
    expect(details).toEqual({ jobId: job.id, lost: [], lostTotal: 3 - savedTotal, saved: [], savedTotal });
  });
});

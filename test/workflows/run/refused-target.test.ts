// A run whose outputs may not go where they should ends before it has a job.
import { expect, test } from 'vitest';
import { failureOf } from '../../support/failure-of';
import { sent, useRuns } from '../../support/runs';
import { QUEUE } from '../../support/time-skipping';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const outputs = { to: 'file:///elsewhere' };

test('nothing is sent, and the failure names the option', async () => {
  await withRuns(async ({ api, document, run }) => {
    const running = run({ start, documents: [await document('a.pdf')], outputs });
    const { message, details } = await failureOf('UnstructuredValidationError', running);
    expect(message).toContain('Option outputs.to is refused: Target file:///elsewhere is not under a folder');
    expect(details.run).toBeUndefined();
    expect(api.requests).toEqual([]);
  });
});

test('where other workers start jobs, nobody knows what those may write that save the outputs', async () => {
  await withRuns(async ({ api, document, run }) => {
    const input = { start, documents: [await document('a.pdf')], outputs, startTaskQueue: QUEUE };
    const { details } = await failureOf('UnstructuredTransferError', run(input));
    expect(details.run?.jobId).toBe(api.jobs[0]!.id);
    expect(sent(api, 'createJob')).toBe(1);
  });
});

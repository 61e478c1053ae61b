// Details that lag behind a COMPLETED job make no failed document pass for a good one.
import { expect, test } from 'vitest';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();

test('a failed document is told as failed, and not fetched', async () => {
  await withRuns(async ({ api, document, run, to }) => {
    api.setStartedJobs({ failedFiles: { 'locked.pdf': 'PDF is encrypted' }, answers: { detailsLag: '1m' } });
    const documents = [await document('a.pdf'), await document('locked.pdf')];
    const result = await run({ start: { templateId: 't' }, documents, outputs: { to } });
    expect(result.documents).toMatchObject([{ status: 'ok' }, { status: 'failed', reason: 'PDF is encrypted' }]);
    expect(sent(api, 'downloadJobOutput')).toBe(1);
  });
});

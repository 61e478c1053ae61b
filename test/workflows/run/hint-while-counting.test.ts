// A run counts files at each node between two checks: a hint that comes meanwhile is not lost.
import { expect, test } from 'vitest';
import { checkNow } from '../../../src';
import { runProgress } from '../../../src/common/messages';
import { faults } from '../../../src/testing';
import { eventually } from '../../dev-server/support/eventually';
import { Gate } from '../../support/gate';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();

test('it ends the sleep that was about to begin', async () => {
  await withRuns(async ({ api, document, startRun }) => {
    const hinted = new Gate();
    api.setStartedJobs({ timeline: ['IN_PROGRESS'] });
    api.addFaults([[{ operation: 'getJobDetails', first: 1 }, faults.until(hinted.opened)]]);
    const input = { start: { templateId: 't' }, documents: [await document('a.pdf')], nodeCounts: true };
    const handle = await startRun({ ...input, safetyGap: '20 hours', failedFiles: 'off' });
    await eventually(() => expect(sent(api, 'getJobDetails')).toBe(1));
    api.jobs[0]!.setStatus('COMPLETED');
    await handle.signal(checkNow);
    await eventually(async () => expect((await handle.query(runProgress)).wait).toMatchObject({ hints: 1 }));
    hinted.open();
    const { wait } = await handle.result();
    expect(wait.noticedWithinMs).toBeLessThan(3_600_000);
  });
});

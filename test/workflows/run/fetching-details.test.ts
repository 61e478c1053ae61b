// That outputs are being fetched is shown at once, not with the first that is saved.
import { expect, test, vi } from 'vitest';
import { faults } from '../../../src/testing';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();

test('the Web UI shows that outputs are fetched before one is there', async () => {
  await withRuns(
    async ({ api, document, startRun, to }) => {
      api.setLaunched({ timeline: ['COMPLETED'] });
      api.addFaults([[{ operation: 'downloadJobOutput', first: 1 }, faults.hang()]]);
      const documents = [await document('a.pdf'), await document('b.pdf')];
      const handle = await startRun({
        start: { templateId: 't' },
        documents,
        outputs: { to, parallel: 1 },
        minimumGap: '1 second',
      });
      await vi.waitFor(() => expect(sent(api, 'downloadJobOutput')).toBe(1), { timeout: 30_000 });
      const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      expect(sent(api, 'downloadJobOutput')).toBe(1);
      expect(metadata.currentDetails).toContain('**fetching outputs 0/2**');
      expect((await handle.result()).documents.map(({ status }) => status)).toEqual(['ok', 'ok']);
    },
    { plugin: { timeouts: { headers: '6s' } } },
  );
});

// Batches of one account share its limits: the API runs five jobs of it at a time, and refuses a start that comes too soon after another's.
import { expect, test } from 'vitest';
import { expectWhole, uploadsOf } from '../../support/batch-outcomes';
import { useBatches } from '../../support/batches';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

const MINUTES = 20;
const SLOTS = 5;

test('two batches at once both end, and each document is in one job', async () => {
  await withBatches(
    async ({ api, documents, startBatch, records, to }) => {
      const given = await documents(16);
      const input = { start: { templateId: 't' }, outputs: { to }, perJob: 2, parallel: 4, ...RARELY };
      const halves: [key: string, { ref: string }[]][] = [
        ['one', given.slice(0, 8)],
        ['other', given.slice(8)],
      ];
      const handles = [];
      for (const [key, half] of halves) handles.push(await startBatch({ ...input, documents: half }, key));
      for (const handle of handles)
        expect((await handle.result()).counts).toMatchObject({ documents: 8, ok: 8, jobs: 4, failedJobs: 0 });

      const told = [await records('one'), await records('other')];
      const refs = told.map(({ parts }) => parts.flat().map(({ ref }) => ref));
      expect(refs).toEqual(halves.map(([, half]) => half.map(({ ref }) => ref)));
      await expectWhole(to, ...told);
      const uploads = uploadsOf(api);
      expect([uploads.length, new Set(uploads).size]).toEqual([16, 16]);
      const starts = api.requests.filter(({ operation }) => operation === 'createJob');
      const taken = starts.filter(({ status }) => status === 200).map(({ at }) => at);
      expect(taken).toHaveLength(8);
      expect(starts.length, 'some were too early').toBeGreaterThan(8);
      const underWay = taken.map((at) => taken.filter((other) => other <= at && at < other + MINUTES * 60_000).length);
      expect(Math.max(...underWay), 'some waited for others to end').toBeGreaterThan(SLOTS);
    },
    {
      fake: {
        slots: SLOTS,
        startedJobs: { timeline: [['SCHEDULED', 0], ['IN_PROGRESS', MINUTES * 60_000], ['COMPLETED']] },
      },
    },
  );
});

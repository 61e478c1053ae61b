// That outputs are being fetched is shown at once, not with the first that is saved.
import { expect, test, vi } from 'vitest';
import { runProgress } from '../../../src';
import { faults } from '../../../src/testing';
import { currentDetailsOf } from '../../support/current-details';
import { Gate } from '../../support/gate';
import { sent, useRuns } from '../../support/runs';

const withRuns = useRuns();

test('the Web UI shows that outputs are fetched before one is there', async () => {
  await withRuns(async ({ api, document, startRun, to }) => {
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const seen = new Gate();
    api.addFaults([[{ operation: 'downloadJobOutput', first: 1 }, faults.until(seen.opened)]]);
    const documents = [await document('a.pdf'), await document('b.pdf')];
    const handle = await startRun({
      start: { templateId: 't' },
      documents,
      outputs: { to, parallel: 1 },
      minimumGap: '1 second',
    });
    await vi.waitFor(() => expect(sent(api, 'downloadJobOutput')).toBe(1), { timeout: 30_000 });
    const details = await currentDetailsOf(handle);
    expect(sent(api, 'downloadJobOutput')).toBe(1);
    expect(details).toContain('**fetching outputs 0/2**');
    seen.open();
    expect((await handle.result()).documents.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });
});

test('the progress tells what went wrong last while outputs are fetched, and how often it was tried again', async () => {
  await withRuns(async ({ api, document, startRun, to }) => {
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    let isOut = true;
    api.addFaults([[{ operation: 'downloadJobOutput', test: () => isOut }, faults.status(503)]]);
    const outputs = { to, parallel: 1 };
    const handle = await startRun({ start: { templateId: 't' }, documents: [await document('a.pdf')], outputs });
    const fetching = async () => (await handle.query(runProgress)).fetching;
    await vi.waitFor(async () => expect((await fetching())?.lastError).toBeTruthy(), { timeout: 60_000 });
    const { retries, lastError } = (await fetching())!;
    expect(retries).toBeGreaterThan(0);
    expect(lastError).toMatchObject({
      type: 'UnstructuredServerError',
      message: expect.stringContaining('503') as unknown,
    });
    expect(await currentDetailsOf(handle)).toMatch(/Last.fetch/);
    expect((await fetching())!.limitAt).toEqual(expect.any(String));
    expect(await currentDetailsOf(handle)).toContain('(collectLimit)');
    isOut = false;
    expect((await handle.result()).documents).toMatchObject([{ status: 'ok' }]);
  });
});

test('while the API refuses its key, the progress tells until when that is tolerated', async () => {
  await withRuns(async ({ api, document, startRun, to }) => {
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    let isRefused = true;
    api.addFaults([[{ operation: 'downloadJobOutput', test: () => isRefused }, faults.status(401)]]);
    const outputs = { to, parallel: 1 };
    const handle = await startRun({ start: { templateId: 't' }, documents: [await document('a.pdf')], outputs });
    const fetching = async () => (await handle.query(runProgress)).fetching;
    await vi.waitFor(async () => expect((await fetching())?.budgetEndsAt.credentials).toBeTruthy(), {
      timeout: 60_000,
    });
    expect(await currentDetailsOf(handle)).toContain('(credentialBudget)');
    isRefused = false;
    expect((await handle.result()).documents).toMatchObject([{ status: 'ok' }]);
  });
});

test('with onRefused: skip, what can not be read is an entry of the result, and the rest is parsed', async () => {
  await withRuns(async ({ api, document, run, to, inbox }) => {
    api.setStartedJobs({ timeline: ['COMPLETED'] });
    const [a, b] = [await document('a.pdf'), await document('b.pdf')];
    const gone = { ref: `file://${inbox}/gone.pdf` };
    const { documents } = await run({
      start: { templateId: 't' },
      documents: [a, gone, b],
      outputs: { to },
      onRefused: 'skip',
    });
    expect(documents).toMatchObject([
      { ref: a.ref, status: 'ok' },
      { ref: gone.ref, status: 'skipped', refusal: 'notFound', fileId: null, outputs: [] },
      { ref: b.ref, status: 'ok' },
    ]);
    expect(api.jobs).toHaveLength(1);
  });
});

// One workflow call takes documents through the API and leaves their outputs where the caller wants them.
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runProgress } from '../../../src/common/messages';
import { originOf, sent, useRuns } from '../../support/runs';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };

test('each document comes back with its own output, in input order', async () => {
  await withRuns(async ({ api, document, run, to, outbox }) => {
    const documents = [await document('b.pdf'), await document('a.pdf'), await document('c d.txt')];
    const result = await run({ start, documents, outputs: { to } });
    expect(result.job.status).toBe('COMPLETED');
    expect(result.start).toEqual({ how: 'answered', sends: 1 });
    expect(result.documents.map(({ ref, status }) => [ref, status])).toEqual(documents.map(({ ref }) => [ref, 'ok']));
    for (const [index, name] of ['b.pdf', 'a.pdf', 'c d.txt'].entries()) {
      const { outputs } = result.documents[index]!;
      expect(outputs).toHaveLength(1);
      const origin = await originOf(outputs[0]!);
      expect(origin.job_id).toBe(result.job.id);
      expect(origin.filename).toMatch(new RegExp(`^[0-9a-f]{12}-${index}-${name}$`));
      expect(origin.sha256).toBe(createHash('sha256').update(`text of ${name}`).digest('hex'));
    }
    expect((await readdir(outbox)).sort()).toEqual(
      result.documents.map(({ outputs }) => outputs[0]!.location.split('/').pop()).sort(),
    );
    expect(result.otherOutputs).toEqual([]);
    expect([sent(api, 'createJob'), sent(api, 'downloadJobOutput'), sent(api, 'listJobs')]).toEqual([1, 3, 0]);
  });
});

test("every node's output, where asked for", async () => {
  await withRuns(async ({ document, run, to }) => {
    const { documents, job } = await run({
      start,
      documents: [await document('a.pdf')],
      outputs: { to, which: 'all' },
    });
    expect(documents[0]!.outputs).toHaveLength(4);
    expect(new Set(documents[0]!.outputs.map(({ nodeId }) => nodeId)).size).toBe(4);
    for (const output of documents[0]!.outputs) expect((await originOf(output)).job_id).toBe(job.id);
  });
});

test('without a place for outputs, nothing is fetched', async () => {
  await withRuns(async ({ api, document, run }) => {
    const { documents } = await run({ start, documents: [await document('a.pdf')] });
    expect(documents).toMatchObject([{ status: 'ok', outputs: [] }]);
    expect(sent(api, 'downloadJobOutput')).toBe(0);
  });
});

test('a workflow whose documents come from its connector is run without any', async () => {
  await withRuns(async ({ api, run, startRun, to }) => {
    const { id } = api.addWorkflow({ runs: { files: ['from-connector.pdf'] } });
    const result = await run({ start: { workflowId: id }, outputs: { to } });
    expect(result.documents).toEqual([]);
    expect(result.otherOutputs).toHaveLength(1);
    const handle = await startRun({ start: { workflowId: id } });
    expect((await handle.result()).job.workflowId).toBe(id);
    expect(await handle.query(runProgress)).toMatchObject({ phase: 'ended', documents: 0 });
  });
});

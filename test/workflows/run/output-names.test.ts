// Outputs of a run under names that people use, in folders as the documents' are.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { RunJobResult } from '../../../src/core/run/result';
import { originOf, sent, useRuns } from '../../support/runs';
import { failureOf } from '../../support/failure-of';

const withRuns = useRuns();
const start = { templateId: 'hi_res_partition' };
const name = '{path}/{stem}.json';

const placesIn = (outbox: string, { documents }: RunJobResult) =>
  documents.map(({ outputs }) => outputs.map(({ location }) => relative(outbox, fileURLToPath(location))));

test('each document has its output where the template says', async () => {
  await withRuns(async ({ document, run, to, outbox, inbox }) => {
    for (const folder of ['2026/11', 'other']) await mkdir(join(inbox, folder), { recursive: true });
    const paths = ['2026/11/Größe #1 50%.pdf', '2026/11/b.v2.pdf', 'other/b.v2.pdf', 'same.pdf', 'same.docx'];
    const documents = await Promise.all(paths.map(async (path) => ({ ...(await document(path)), path })));
    const result = await run({
      start,
      documents: [...documents, await document('by hand.txt')],
      outputs: { to, name },
    });
    const places = placesIn(outbox, result);
    expect(places).toEqual([
      ['2026/11/Größe #1 50%.json'],
      ['2026/11/b.v2.json'],
      ['other/b.v2.json'],
      [expect.stringMatching(/^same-[0-9a-f]{16}\.json$/)],
      [expect.stringMatching(/^same-[0-9a-f]{16}\.json$/)],
      ['by hand.json'],
    ]);
    expect(new Set(places.flat()).size).toBe(6);
    for (const [index, { outputs }] of result.documents.entries()) {
      const { filename, job_id } = await originOf(outputs[0]!);
      expect(filename.split(`-${index}-`)[1]).toBe([...paths, 'by hand.txt'][index]!.split('/').pop());
      expect(job_id).toBe(result.job.id);
    }
  });
});

test('a second run to the same folder leaves its own outputs there, under the same names', async () => {
  await withRuns(async ({ api, document, run, to, outbox }) => {
    const runOnce = async (text: string) => {
      const documents = [await document('a.pdf', text), await document('b.pdf', text), await document('b.docx', text)];
      return run({ start, documents, outputs: { to, name } });
    };
    const [first, second] = [await runOnce('old'), await runOnce('new')];
    expect(placesIn(outbox, second)).toEqual(placesIn(outbox, first));
    expect((await readdir(outbox)).sort()).toEqual(placesIn(outbox, second).flat().sort());
    for (const { outputs } of second.documents) expect((await originOf(outputs[0]!)).job_id).toBe(second.job.id);
    expect(sent(api, 'downloadJobOutput')).toBe(6);
  });
});

test('files of no document keep their own names', async () => {
  await withRuns(async ({ api, run, to, outbox }) => {
    const { id } = api.addWorkflow({ runs: { files: ['from-connector.pdf'] } });
    const { otherOutputs } = await run({ start: { workflowId: id }, outputs: { to, name } });
    expect(await readdir(outbox)).toEqual([expect.stringMatching(/^from-connector.*-[0-9a-f]{16}\.json$/)]);
    const named = await run({ start: { workflowId: id }, outputs: { to, name: 'c/{fileId}' } });
    expect(await readdir(join(outbox, 'c'))).toEqual(named.otherOutputs.map(({ fileId }) => fileId));
    expect(otherOutputs).toHaveLength(1);
  });
});

test('what is there of somebody else is replaced whole', async () => {
  await withRuns(async ({ document, run, to, outbox }) => {
    await writeFile(join(outbox, 'a.json'), 'not ours'.repeat(10_000));
    await run({ start, documents: [await document('a.pdf')], outputs: { to, name } });
    expect(JSON.parse(await readFile(join(outbox, 'a.json'), 'utf8'))).toHaveLength(1);
  });
});

test('a wrong template is refused before anything is sent', async () => {
  await withRuns(async ({ api, document, startRun, to }) => {
    const outputs = { to, name: '../{stem}.json' };
    const handle = await startRun({ start, documents: [await document('a.pdf')], outputs });
    const { message } = await failureOf('UnstructuredValidationError', handle.result());
    expect(message).toContain('got "../{stem}.json": a part begins with a dot');
    expect(api.requests).toEqual([]);
  });
});

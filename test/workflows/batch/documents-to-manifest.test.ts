import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { useBatches } from '../../support/batches';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

const START = { start: { templateId: 'hi_res_partition' }, ...RARELY };

test('each document has one line in the manifest, and its output is there', async () => {
  await withBatches(async ({ api, documents, runBatch, records, to }) => {
    const given = await documents(23);
    const { counts, manifest } = await runBatch(
      { ...START, documents: given, outputs: { to } },
      'documents-to-manifest-1',
    );
    const all = { documents: 23, ok: 23, failed: 0, refused: 0, missing: 0, jobs: 3, failedJobs: 0 };
    expect(counts).toEqual(all);
    expect(api.jobs).toHaveLength(3);
    const { manifest: told, parts } = await records('documents-to-manifest-1');
    expect(manifest).toEqual({
      location: expect.stringMatching(/_manifests\/documents-to-manifest-1\/manifest\.json$/) as unknown,
      parts: 3,
    });
    expect(told).toMatchObject({
      version: 1,
      key: 'documents-to-manifest-1',
      outcome: 'completed',
      counts: all,
      unsettledJobs: [],
    });
    expect(told.options).toEqual({
      start: { templateId: 'hi_res_partition' },
      to,
      name: null,
      which: 'final',
      account: null,
      perJob: 10,
      maxJobBytes: 209_715_200,
      maxDocumentBytes: 52_428_800,
      parallel: 5,
      tolerated: 1,
    });
    expect(parts.map((lines) => lines.length)).toEqual([10, 10, 3]);
    expect(parts.flat().map(({ ref }) => ref)).toEqual(given.map(({ ref }) => ref));
    for (const { status, outputs, ref } of parts.flat()) {
      expect(status).toBe('ok');
      const [{ location } = { location: '' }] = outputs;
      const [{ metadata }] = JSON.parse(await readFile(fileURLToPath(location), 'utf8')) as [
        { metadata: { filename: string } },
      ];
      expect(metadata.filename).toContain(ref.slice(ref.lastIndexOf('/') + 1));
    }
  });
});

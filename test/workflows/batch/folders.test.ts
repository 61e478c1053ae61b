// Documents of a folder, night after night.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { parseLines } from '../../../src/core/batch/records';
import { useBatches } from '../../support/batches';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();

const START = { start: { templateId: 'hi_res_partition' }, ...RARELY };

test('a folder in, files with names of their own and a manifest out', async () => {
  await withBatches(async ({ inbox, outbox, document, runBatch, records, to }) => {
    await mkdir(join(inbox, 'a'));
    await writeFile(join(inbox, 'a', 'one.pdf'), 'one');
    await writeFile(join(inbox, 'a', 'one.txt'), 'one as text');
    await document('two.pdf');
    await document('empty.pdf', '');
    await document('.hidden.pdf');
    await document('notes.md');
    const documents = { from: pathToFileURL(inbox).href, match: ['**/*.pdf', '**/*.txt'] };
    const input = { ...START, documents, outputs: { to, name: '{path}/{stem}.json' }, perJob: 1 };
    const { counts } = await runBatch(input, 'folder');
    expect(counts).toMatchObject({ documents: 3, ok: 3, jobs: 3 });
    const { manifest, parts } = await records('folder');
    expect(manifest).toMatchObject({ leftOut: { empty: 1, hidden: 1, noMatch: 1 }, leftOutFile: 'left-out.jsonl' });
    const listed = await readFile(join(outbox, '_manifests', 'folder', 'left-out.jsonl'), 'utf8');
    expect(parseLines(listed)).toEqual([
      { path: '.hidden.pdf', reason: 'hidden' },
      { path: 'empty.pdf', reason: 'empty' },
      { path: 'notes.md', reason: 'noMatch' },
    ]);
    expect(parts.flat().map(({ bytes }) => bytes)).toEqual([3, 11, 15]);
    const names = (await readdir(outbox, { recursive: true })).filter((name) => /^(a\/)?[^/]+\.json$/.test(name));
    expect(names.sort()).toEqual([
      expect.stringMatching(/^a\/one-[0-9a-f]{16}\.json$/),
      expect.stringMatching(/^a\/one-[0-9a-f]{16}\.json$/),
      'two.json',
    ]);
  });
});

test('a file of an unknown type is a document as others are, and sent as bytes of no known type', async () => {
  await withBatches(async ({ api, inbox, document, runBatch, records, to }) => {
    for (const name of ['README', 'a.pdf', 'b.unknown']) await document(name);
    const input = { ...START, documents: { from: pathToFileURL(inbox).href }, outputs: { to } };
    expect((await runBatch(input, 'types')).counts).toMatchObject({ documents: 3, ok: 3 });
    expect((await records('types')).manifest).toMatchObject({ leftOut: {}, leftOutFile: null });
    const types = api.jobs.flatMap(({ uploads }) => uploads.map(({ contentType }) => contentType));
    expect(types).toEqual(['application/octet-stream', 'application/pdf', 'application/octet-stream']);
  });
});

test('a nightly run pays for what is new or changed, and for what an earlier night could not do', async () => {
  await withBatches(async ({ api, inbox, document, runBatch, records, to }) => {
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await document(name);
    const documents = { from: pathToFileURL(inbox).href };
    const input = { ...START, documents, outputs: { to }, perJob: 1, parallel: 1 };
    const first = await runBatch(input, 'night-1');
    expect(first.counts).toMatchObject({ documents: 3, ok: 3 });

    await document('b.txt', 'another text');
    await document('d.txt');
    const second = await runBatch({ ...input, unlessIn: first.manifest.location }, 'night-2');
    expect(second.counts).toMatchObject({ documents: 2, ok: 2 });
    const { manifest, parts } = await records('night-2');
    expect(manifest).toMatchObject({ leftOut: { unchanged: 2 }, unlessIn: first.manifest.location });
    expect(parts.flat().map(({ ref }) => ref.slice(-5))).toEqual(['b.txt', 'd.txt']);

    await document('e.txt');
    const third = await runBatch({ ...input, unlessIn: second.manifest.location }, 'night-3');
    expect(third.counts).toMatchObject({ documents: 1, ok: 1 });
    expect(api.jobs).toHaveLength(6);
  });
});

test('what was not ok is run again by the manifest, and the next night knows of both', async () => {
  await withBatches(async ({ api, inbox, document, runBatch, to }) => {
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await document(name);
    const documents = { from: pathToFileURL(inbox).href };
    const input = { ...START, documents, outputs: { to }, perJob: 3 };
    api.setStartedJobs({ timeline: [['COMPLETED']], failedFiles: { 'b.txt': 'broken' } });
    const first = await runBatch(input, 'retried-1');
    expect(first.counts).toMatchObject({ documents: 3, ok: 2, failed: 1 });
    api.setStartedJobs({ timeline: [['COMPLETED']] });
    const { documents: _documents, ...rest } = input;
    const again = await runBatch({ ...rest, retryFailed: first.manifest.location }, 'retried-2');
    expect(again.counts).toMatchObject({ documents: 1, ok: 1 });
    const night = await runBatch({ ...input, unlessIn: again.manifest.location }, 'retried-3');
    expect(night.counts).toMatchObject({ documents: 0, jobs: 0 });
    expect(api.jobs).toHaveLength(2);
  });
});

test('a list in a file of JSON Lines', async () => {
  await withBatches(async ({ document, documents, runBatch, records, to }) => {
    const [first, second, third] = await documents(3);
    const { ref: list } = await document(
      'list.jsonl',
      `"${first!.ref}"\n\n${JSON.stringify({ ...second, name: 'b' })}\n${JSON.stringify(third)}`,
    );
    const { counts } = await runBatch({ ...START, documents: { list }, outputs: { to } }, 'list');
    expect(counts).toMatchObject({ documents: 3, ok: 3, jobs: 1 });
    expect((await records('list')).parts.flat().map(({ ref }) => ref)).toEqual([first!.ref, second!.ref, third!.ref]);
  });
});

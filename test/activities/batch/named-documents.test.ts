// Documents that a caller names, each of which has its own reason if it is left out.
import { expect, test } from 'vitest';
import { BatchRecords } from '../../../activities/batch/records';
import { Planner } from '../../../activities/batch/planner';
import type { PlanAnswer, PlanRequest } from '../../../src/core/batch/plan';
import type { PlannedDocument } from '../../../src/core/batch/records';
import { environment } from '../support';
import { PLACE, plannedRecords } from './planned-records';

/** The plan of named documents, for a target that cannot hold the name `long.json`. */
async function planOf(documents: PlannedDocument[], name = '{path}/{stem}.json') {
  const { storage } = plannedRecords();
  const request: PlanRequest = {
    ...PLACE,
    documents,
    name,
    perJob: 100,
    maxJobBytes: 1_000,
    maxDocumentBytes: 1_000,
    digest: 'd',
    options: { version: 1, parallel: 5, tolerated: 1, startSpacing: 1_100, continueAsNewAfterEvents: 8_000 },
  };
  const port = {
    ...storage,
    canStore: (_to: string, path: string) => !path.endsWith('long.json'),
    firstReplaced: () => Promise.resolve(undefined),
    listsOutputs: () => Promise.reject(new Error('nothing is listed')),
    listDocuments: () => {
      throw new Error('nothing is listed');
    },
    openDocument: () => Promise.reject(new Error('nobody reads')),
  };
  const { signal } = new AbortController();
  const { plan } = await environment({}).run<[], PlanAnswer, never>((() =>
    new Planner(port, request).run(signal)) as never);
  const records = BatchRecords.of(storage, PLACE, signal);
  const sent = plan.jobs > 0 ? await records.plannedDocuments(plan.id, 1) : [];
  return { plan, sent, leftOut: await records.leftOut(plan.id) };
}

const LONG = { ref: 's3://in/a.pdf', path: 'long.pdf' };
const GOOD = { ref: 's3://in/a.pdf', path: 'a.pdf' };

test.each([
  ['before', [LONG, GOOD]],
  ['behind', [GOOD, LONG]],
])('a document that is named twice is sent by its good name, with a bad one %s it', async (_where, documents) => {
  const { sent, leftOut } = await planOf(documents);
  expect(sent).toEqual([GOOD]);
  expect(leftOut).toEqual([{ path: 'long.pdf', reason: 'badName' }]);
});

test('each entry has its own reason', async () => {
  const { sent, leftOut, plan } = await planOf([LONG, GOOD, LONG, GOOD]);
  expect(sent).toEqual([GOOD]);
  expect(leftOut).toEqual([
    { path: 'long.pdf', reason: 'badName' },
    { path: 'long.pdf', reason: 'badName' },
    { path: 'a.pdf', reason: 'duplicate' },
  ]);
  expect(plan.leftOut).toEqual({ badName: 2, duplicate: 1 });
});

test('named documents are listed beyond the thousand of a folder', async () => {
  const documents = Array.from({ length: 2_500 }, (_, n) => ({ ref: `s3://in/${n}`, path: `${n}/long.pdf` }));
  const { leftOut } = await planOf([GOOD, ...documents]);
  expect(leftOut).toEqual(documents.map(({ path }) => ({ path, reason: 'badName' })));
});

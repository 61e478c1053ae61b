// However many documents or outputs an activity has, Node warns of no leak of listeners on its signal.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { completed, perform, withStorage } from './support';

const MANY = 24;

/** Messages of Node's warnings since. */
function warnings(): string[] {
  const told: string[] = [];
  const note = ({ message }: Error) => void told.push(message);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  return told;
}

test('a start with many documents', async () => {
  const { api, activities, inbox, inboxUrl } = await withStorage({ limits: { files: MANY } });
  const told = warnings();
  await writeFile(join(inbox, 'a.pdf'), 'text');
  const documents = Array.from({ length: MANY }, (_, n) => ({ ref: `${inboxUrl}/a.pdf`, uploadName: `t-${n}-a.pdf` }));
  const request = { start: { templateId: 't' }, documents, maxDocumentBytes: 1_000 };
  await perform(activities, 'unstructured.createJob', request);
  await setTimeout(10);
  expect(api.jobs[0]!.uploads).toHaveLength(MANY);
  expect(told).toEqual([]);
});

test('outputs that are fetched side by side', async () => {
  const { api, activities, to } = await withStorage();
  const told = warnings();
  const { job, files } = completed(api, { files: MANY, nodes: 1 });
  const request = { jobId: job.id, files, which: 'final', to, parallel: MANY } as const;
  const { saved } = await perform(activities, 'unstructured.collectJobOutputs', request);
  await setTimeout(10);
  expect(saved).toHaveLength(MANY);
  expect(told).toEqual([]);
});

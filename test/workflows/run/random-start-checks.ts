// What holds for every randomised start, however it went.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { matchFiles } from '../../../src/core/run/match-files';
import { documentResults, toCollectFiles } from '../../../src/core/run/result';
import type { StartOutcome } from '../../../src/core/start/state';
import { planUploads } from '../../../src/core/start/upload-names';
import { perform, type withStorage } from '../../activities/support';
import { sha256 } from '../../support/sha256';
import type { StartCase, RandomOutcome } from './random-starts';

export type World = Awaited<ReturnType<typeof withStorage>>;

/** A start with all that its checks need. */
export interface Case extends StartCase {
  /** Group and number: what `expect` says, and the seed of the case. */
  name: string;
  random: () => number;
  /** Contents of its documents, in their order; none for a workflow that reads from its connector. */
  texts: string[];
  /** The runs of its workflow that are somebody else's. */
  foreign: Set<string>;
  /** Nothing goes wrong, and nobody ends it. */
  isUntroubled: boolean;
}

/** How the start of a run ended. */
export function endOf(outcome: RandomOutcome): string {
  return 'startedJob' in outcome ? outcome.startedJob.how : outcome.ended;
}

/** The job is the start's own: its outputs tell of its contents, or it is the one run of its workflow that is not somebody else's. */
export async function expectOwnJob(world: World, outcome: RandomOutcome, one: Case): Promise<void> {
  const { name, texts, isUntroubled } = one;
  if (isUntroubled) expect(endOf(outcome), name).toBe('answered');
  if (!('startedJob' in outcome)) return;
  const { token, startedJob } = outcome;
  expect(ownJobs(world, one), name).toEqual([startedJob.job.id]);
  if (texts.length === 0) return;
  if (token === null) expect(startedJob.how, name).toBe('answered');
  await expectOwnOutputs(world, startedJob, token, one);
}

/** Each document has an output, and it is of its content; documents are told by their files as a run does that. */
async function expectOwnOutputs(
  { activities, to }: World,
  { job, inputFileIds, outputNodeFiles }: StartOutcome,
  token: string | null,
  { name, documents, texts }: Case,
): Promise<void> {
  const uploads = planUploads(documents, token);
  const files = toCollectFiles(outputNodeFiles ?? [], inputFileIds ?? []);
  const match = matchFiles(
    uploads,
    token,
    files.map(({ fileId }) => fileId),
  );
  const request = { jobId: job.id, files, which: 'final', to } as const;
  const collected = await perform(activities, 'unstructured.collectJobOutputs', request);
  const results = documentResults(documents, match, NONE_FAILED, null, collected);
  const hashes = results.map(async ({ outputs }) => {
    const elements = outputs.map(({ location }) => readFile(fileURLToPath(location), 'utf8'));
    return (await Promise.all(elements)).map((json) => (JSON.parse(json) as Output)[0].metadata.sha256);
  });
  expect(await Promise.all(hashes), name).toEqual(texts.map((text) => [sha256(text)]));
  expect(match.others, name).toEqual([]);
}

const NONE_FAILED = { reasons: [], isComplete: true };

type Output = [{ metadata: { sha256: string } }];

/** What a cancellation during a send leads to, where nobody terminates the run besides. */
export function expectWithdrawal(outcome: RandomOutcome, { name, foreign }: Case): void {
  const { cancelledSend: sent } = outcome;
  const end = endOf(outcome);
  if (!sent || end === 'terminated') return;
  const isBusy = sent === 'answered' && end !== 'answered';
  if (isBusy) expect(foreign.size, name).toBeGreaterThan(0);
  const ends = { 'nothing sent': 'cancelled', refused: 'cancelled', answered: isBusy ? 'cancelled' : 'answered' };
  if (sent !== 'lost') expect([sent, end], name).toEqual([sent, ends[sent]]);
  else expect(['found', 'cancelled'], name).toContain(end);
  if (!('startedJob' in outcome)) expect(outcome.resume === null, `${name}: ${sent}`).toBe(sent !== 'lost');
}

/** No job was started for it: of its contents, or of its workflow. */
export function expectNoJob(world: World, one: Case): void {
  expect(ownJobs(world, one), one.name).toEqual([]);
}

/** Each start's contents are in one job at most, and so is each workflow's run beside those of somebody else. */
export function expectOneJobAtMost(world: World, cases: Case[]): void {
  const contents = world.api.jobs.flatMap((job) => job.uploads.map(({ sha256 }) => sha256));
  expect(new Set(contents).size, cases[0]?.name).toBe(contents.length);
  for (const one of cases) expect(ownJobs(world, one).length, one.name).toBeLessThanOrEqual(1);
}

/** Ids of the jobs that hold its contents, or that are its workflow's and not somebody else's. */
function ownJobs({ api }: World, { jobToStart, foreign, texts }: Case): string[] {
  const contents = new Set(texts.map(sha256));
  return api.jobs
    .filter(({ id, workflowId, uploads }) =>
      'workflowId' in jobToStart
        ? workflowId === jobToStart.workflowId && !foreign.has(id)
        : uploads.some((upload) => contents.has(upload.sha256)),
    )
    .map(({ id }) => id);
}

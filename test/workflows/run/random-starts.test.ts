// However starts are lost, cut, refused or repeated, and however many of equal names go out at once: no start has a second job, and
// nobody gets another's output.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { uploadsOf } from '../../../src/core/start/upload-names';
import { faults, type Fault, type FaultRule } from '../../../src/testing';
import { perform, withStorage } from '../../activities/support';
import { runStart, type StartCase, type StartOutcome } from './random-starts';

const RUNS = 1_000;
const AT_ONCE = 10;
const MINUTE = 60_000;

/** The same numbers each time: a failure can be looked at again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const TROUBLE: Fault[][] = [
  [faults.reset()],
  [faults.reset({ after: 'half' })],
  [faults.truncate()],
  [faults.html({ status: 502 })],
  [faults.hang()],
  [faults.status(408)],
  [faults.status(500)],
  [faults.notAccepted(), faults.reset()],
  [faults.notAccepted(), faults.hang()],
  [faults.notAccepted(), faults.status(503)],
  [faults.notAccepted(), faults.rateLimit({ retryAfter: 1 })],
  [faults.notAccepted(), faults.status(422)],
];

type World = Awaited<ReturnType<typeof withStorage>>;

test(`${RUNS} randomised starts`, { timeout: 300_000 }, async () => {
  const random = randomFrom(20_261_124);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const outcomes = new Map<string, number>();
  const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);

  for (let group = 0; group < RUNS / AT_ONCE; group++) {
    const clock = { at: Date.parse('2026-01-01T00:00:00Z') };
    const world = await withStorage({ now: () => clock.at, slots: AT_ONCE, seed: String(group) });
    const { api, activities, inbox } = world;
    const [running, lag] = [pick([5, 30, 600]) * MINUTE, pick([0, 0, 20_000, 400_000])];
    api.setLaunched({ timeline: [['SCHEDULED', MINUTE], ['IN_PROGRESS', running], ['COMPLETED']] });
    const rules = Array.from({ length: AT_ONCE }, (_, index): FaultRule | undefined =>
      random() < 0.7 ? [{ operation: 'createJob', from: index + 1, to: index + 1 }, ...pick(TROUBLE)] : undefined,
    );
    api.setAnswers({ listLag: lag });
    api.addFaults(rules.filter((rule) => rule !== undefined));
    if (random() < 0.3) api.addFaults([[{ operation: 'listJobs', times: 3 }, faults.status(503)]]);

    const cases = await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index): Promise<StartCase & { text: string }> => {
        // Equal names, contents of their own.
        const text = `content ${group}-${index}`;
        const folder = join(inbox, `${group}-${index}`);
        await mkdir(folder);
        await writeFile(join(folder, 'invoice.pdf'), text);
        const documents = [{ ref: pathToFileURL(join(folder, 'invoice.pdf')).href }];
        const token = random() < 0.75 ? createHash('sha256').update(text).digest('hex').slice(0, 12) : null;
        const diesAfterMs = random() < 0.15 ? Math.floor(random() * 40) : null;
        return { token, target: { templateId: 't' }, uploads: uploadsOf(documents, token), diesAfterMs, text };
      }),
    );
    const ended = await Promise.all(cases.map((one) => runStart(activities, one, clock, random)));
    clock.at += 11 * 60 * MINUTE;
    for (const [index, outcome] of ended.entries()) {
      count(await check(world, outcome, cases[index]!));
    }
    // Each start's content is in one job at most.
    const contents = api.jobs.map((job) => job.uploads.map(({ sha256 }) => sha256).join());
    expect(new Set(contents).size).toBe(contents.length);
  }

  console.log(Object.fromEntries(outcomes));
  expect([...outcomes.values()].reduce((sum, n) => sum + n)).toBe(RUNS);
  for (const kind of ['answered', 'found', 'UnstructuredStartUncertainError', 'UnstructuredValidationError'])
    expect(outcomes.get(kind), kind).toBeGreaterThan(RUNS / 100);

  async function check(
    { activities, to }: World,
    outcome: StartOutcome,
    { token, text }: StartCase & { text: string },
  ): Promise<string> {
    if ('failure' in outcome) return outcome.failure.type;
    const { job, how, inputFileIds, outputNodeFiles } = outcome.launched;
    if (token === null) expect(how).toBe('answered');
    const files = (inputFileIds ?? []).map((fileId) => ({
      fileId,
      nodeIds: (outputNodeFiles ?? []).filter((file) => file.fileId === fileId).map(({ nodeId }) => nodeId),
    }));
    const { saved } = await perform(activities, 'unstructured.collectJobOutputs', {
      jobId: job.id,
      files,
      which: 'final',
      to,
    });
    expect(saved).toHaveLength(1);
    const [element] = JSON.parse(await readFile(fileURLToPath(saved[0]!.location), 'utf8'));
    expect(element.metadata.sha256).toBe(createHash('sha256').update(text).digest('hex'));
    return how;
  }
});

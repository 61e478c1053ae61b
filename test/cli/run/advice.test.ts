import { spawnSync } from 'node:child_process';
import { describe, expect, it, test } from 'vitest';
import { adviceOn, newCommand, retryCommand, sameCommand } from '../../../src/cli/run/advice';
import { type BatchCommand, parseRun } from '../../../src/cli/run/arguments';
import { exitCodeOf, globHint } from '../../../src/cli/run/command';

const MANIFEST = "/data/it's out/_manifests/nov/manifest.json";
const LEAST = ['run', '--from', 'in', '--to', "it's out", '--template=t', '--fake'];

/** What a shell makes of a command, and the program of that. */
function pasted(command: string): BatchCommand['batch'] {
  return parsed(command).batch;
}

function parsed(command: string): BatchCommand {
  const shown = command.replace('npx temporal-unstructured run', "printf '%s\\0'");
  const words = spawnSync('sh', ['-c', shown], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1);
  const { options } = parseRun(words, {}, '/data') ?? {};
  if (!options) throw new Error('it shows help');
  return options;
}

const EARLIER = ['--unless-in', "it's out/_manifests/oct/manifest.json"];
const FAILED = ['--retry-failed', "it's out/_manifests/oct/manifest.json"];
const MATCH = ['--match', '**/*.pdf', '--match=!drafts/**'];

test.each([[[]], [MATCH], [EARLIER], [FAILED], [['--parallel', '2', '--json', ...MATCH, ...EARLIER]]])(
  'what is not ok is run again by the command that is told after %j',
  (more) => {
    const batch = pasted(retryCommand([...LEAST, ...more], MANIFEST));
    expect(batch).toMatchObject({ retryFailed: "file:///data/it's%20out/_manifests/nov/manifest.json" });
    expect(batch).not.toHaveProperty('documents');
    expect(batch.unlessIn).toBeUndefined();
  },
);

test.each([[[]], [MATCH], [EARLIER], [FAILED]])('what is new is run by the command that is told after %j', (more) => {
  const { batch, latest } = parsed(newCommand([...LEAST, ...more]));
  const match = more === MATCH ? { match: ['**/*.pdf', '!drafts/**'] } : {};
  expect(batch.documents).toEqual({ from: 'file:///data/in/', ...match });
  expect(latest).toBeDefined(); // a later batch than the one that ended may have run
  expect(batch).toMatchObject({ unlessIn: undefined, retryFailed: undefined });
});

test.each([['--key', 'nov'], ['--key=nov']])('a key that was given gets another one: %j', (...key) => {
  const args = [...LEAST, ...key];
  const keys = [sameCommand(args), retryCommand(args, MANIFEST), newCommand(args)].map((c) => pasted(c).key);
  expect(keys).toEqual(['nov-fake-api', 'nov-retry-fake-api', expect.not.stringContaining('nov')]);
});

test('the same options stand in the same order', () => {
  expect(retryCommand([...LEAST, '--parallel', '2', ...MATCH], '/m.json')).toBe(
    "npx temporal-unstructured run --from in --to 'it'\\''s out' --template=t --fake --parallel 2 --retry-failed /m.json",
  );
});

describe('after a batch with unsettled jobs', () => {
  const counts = { documents: 23, ok: 9, failed: 1, refused: 0, missing: 13, jobs: 3, failedJobs: 1 };
  const ended = { counts, location: "file:///data/it's%20out/_manifests/own/manifest.json", unsettledJobs: 2 };

  /** The advice, each command on its own. */
  function adviceAfter(args: string[], chosen = parsed(sameCommand(args)).batch) {
    const advice = adviceOn(ended, { ...parsed(sameCommand(args)), batch: chosen }, args);
    return advice.map((text) => text.split('\n'));
  }

  it.each([[[]], [MATCH], [EARLIER], [FAILED], [['--key', 'nov']]])(
    'the command that pays for nothing comes first, and the other one says what it costs: %j',
    (more) => {
      const args = [...LEAST, ...more];
      const [[first, resume = ''] = [], [second, retry = ''] = [], ...others] = adviceAfter(args);
      expect(others).toEqual([]);
      expect(first).toBe('To take up the unsettled jobs, without paying again:');
      expect(pasted(resume)).toEqual(pasted(sameCommand(args)));
      expect(second).toContain('pays for the unsettled documents again');
      expect(pasted(retry).retryFailed).toBe(ended.location);
    },
  );

  it.each([[[]], [['oct']], [['oct', 'retry']]])(
    'latest, which would now be the manifest of the batch itself, is replaced by those it was planned from: %s',
    (keys) => {
      const args = [...LEAST, '--unless-in=latest', '--match', '*.pdf'];
      const { batch, latest } = parsed(sameCommand(args));
      const earlier = keys.map((key) => `file:///data/it's%20out/_manifests/${key}/manifest.json`);
      const chosen = keys.length === 0 ? batch : latest!.unlessIn(earlier);
      const [[, resume = ''] = []] = adviceAfter(args, chosen);
      expect(pasted(resume)).toEqual(chosen);
    },
  );

  it('says nothing of paying where nothing is unsettled, and nothing at all where all is ok', () => {
    const { batch } = parsed(sameCommand(LEAST));
    const told = { ...ended, unsettledJobs: 0 };
    const [only = '', ...others] = adviceOn(told, { batch }, LEAST);
    expect(others).toEqual([]);
    expect(only).toMatch(/^To process again what is not ok, as a new batch:\nnpx /);
    expect(adviceOn({ ...told, counts: { ...counts, ok: 23 } }, { batch }, LEAST)).toEqual([]);
  });
});

test.each<[number, Record<string, number>, number]>([
  [9, { unchanged: 3, hidden: 1 }, 0],
  [8, {}, 1],
  [9, { unsettled: 1 }, 1],
])('a batch with %i of 9 documents ok, which leaves out %j, ends with %i', (ok, leftOut, exitCode) => {
  const counts = { documents: 9, ok, failed: 9 - ok, refused: 0, missing: 0, jobs: 1, failedJobs: 0 };
  expect(exitCodeOf({ counts, leftOut })).toBe(exitCode);
});

test.each([
  [['--match', '**/*.pdf'], ''],
  [['--match', '*.txt', '--match', 'drafts\\*.pdf'], ' In --match, write / between folders, not \\.'],
  [[], ''],
  [FAILED, ''],
])('where nothing is found by %j, the hint is: %s', (more, hint) => {
  expect(globHint(parsed(sameCommand([...LEAST, ...more])).batch)).toBe(hint);
});

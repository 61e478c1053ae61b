import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { newCommand, retryCommand, sameCommand } from '../../../src/cli/run/advice';
import { type BatchCommand, parseRun } from '../../../src/cli/run/arguments';

const MANIFEST = "/data/it's out/_manifests/nov/manifest.json";
const LEAST = ['run', '--from', 'in', '--to', "it's out", '--template=t', '--fake'];

/** What a shell makes of a command, and the program of that. */
function pasted(command: string): BatchCommand['batch'] {
  const shown = command.replace('npx temporal-unstructured run', "printf '%s\\0'");
  const words = spawnSync('sh', ['-c', shown], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1);
  const parsed = parseRun(words, {}, '/data');
  if (!parsed) throw new Error('it shows help');
  return parsed.options.batch;
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
  const batch = pasted(newCommand([...LEAST, ...more], MANIFEST));
  const match = more === MATCH ? { match: ['**/*.pdf', '!drafts/**'] } : {};
  expect(batch.documents).toEqual({ from: 'file:///data/in/', ...match });
  expect(batch.unlessIn).toBe("file:///data/it's%20out/_manifests/nov/manifest.json");
  expect(batch.retryFailed).toBeUndefined();
});

test.each([['--key', 'nov'], ['--key=nov']])('a key that was given gets another one: %j', (...key) => {
  const args = [...LEAST, ...key];
  const keys = [sameCommand(args), retryCommand(args, MANIFEST), newCommand(args, MANIFEST)].map((c) => pasted(c).key);
  expect(keys).toEqual(['nov-fake-api', 'nov-retry-fake-api', 'nov-new-fake-api']);
});

test('the same options stand in the same order', () => {
  expect(retryCommand([...LEAST, '--parallel', '2', ...MATCH], '/m.json')).toBe(
    "npx temporal-unstructured run --from in --to 'it'\\''s out' --template=t --fake --parallel 2 --retry-failed /m.json",
  );
});

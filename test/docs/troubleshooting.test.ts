// Every message that a user can see is found on the page of troubleshooting by its text, and no message stands there that is gone.
import { expect, test } from 'vitest';
import { inCode } from '../support/fields';
import { messageStems } from '../support/messages';
import { readPage } from '../support/pages';

const STEMS = messageStems(['src', 'activities', 'workflows']);

/** Parts of what an option must be, a name, and messages that the package itself is wrong: nothing that a user does leads to them. */
const NEVER = [
  'of at least …',
  'of at least … s',
  'the Unstructured Platform API',
  'A decoder needs at least one coding',
  'An agent passes no connect function',
  'no complete body within … ms', // the status is told instead
  'a checked input has a job to start or one to take up',
];

/** The messages of the page, each at the begin of its entry or of its row in a table. */
const LISTED = readPage('troubleshooting')
  .split('\n')
  .filter((line) => /^[-|] `/.test(line))
  .map((line) => inCode(line)[0]?.trim());

test('messages were found, in errors, failures, warnings and the command', () => {
  expect(STEMS.size).toBeGreaterThan(400);
  const paths = new Set([...STEMS.values()].map((path) => path.split('/').slice(0, 2).join('/')));
  for (const path of [
    'src/api',
    'src/core',
    'src/storage',
    'src/cli',
    'src/webhooks',
    'activities/start',
    'workflows/wait',
  ])
    expect(paths).toContain(path);
});

test('every message has its entry', () => {
  const missing = [...STEMS].filter(([stem]) => !LISTED.includes(stem) && !NEVER.includes(stem));
  expect(missing).toEqual([]);
});

test('no entry is for a message that is gone, and none stands there twice', () => {
  expect(LISTED.filter((stem) => !STEMS.has(stem ?? ''))).toEqual([]);
  expect(LISTED).toEqual([...new Set(LISTED)]);
});

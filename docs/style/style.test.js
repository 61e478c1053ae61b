// What the linter of style refuses, and what it lets through: asked of the program that checks the pages.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** Names of the rules that refuse a text, with the lines. */
function refused(text) {
  const options = ['--rulesdir', 'style/rules', '--format', 'json', '--stdin', '--stdin-filename', 'page.md'];
  const { status, stdout } = spawnSync('node_modules/.bin/textlint', options, { input: text, cwd: FOLDER });
  const [{ messages } = { messages: [] }] = JSON.parse(String(stdout) || '[]');
  return { status, by: messages.map(({ ruleId, line }) => `${line}: ${ruleId}`) };
}

const words = (count) => Array.from({ length: count }, (_, index) => `word${index}`).join(' ');

test('sentences of 30 words pass, where code in marks is one word, and a block of code is none', () => {
  const code = `\`${words(9)}\``;
  const text = `${words(30)}. ${words(30)}.\n\n${words(29)} ${code}.\n\n\`\`\`sh\n${words(40)}\n\`\`\`\n`;
  assert.deepEqual(refused(text), { status: 0, by: [] });
});

test('longer sentences are refused in paragraphs, headings, lists and tables, and so are terms that are not plain', () => {
  const long = words(31);
  const text = `${long}.\n\n# ${long}\n\n- ${long}\n\n| a |\n| --- |\n| ${long} |\n\nLaunch it in Javascript, e.g. here.\n`;
  const by = ['1', '3', '5', '9'].map((line) => `${line}: sentence-words`);
  assert.deepEqual(refused(text), { status: 1, by: [...by, ...Array(3).fill('11: terminology')] });
});

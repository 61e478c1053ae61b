import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scripts } from '../../package.json';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const code = [...new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!))];
const paths = code.filter((text) =>
  /^(src|activities|workflows|test|bench|scripts)\/[\w/.-]*$|^[\w.-]+\.config\.m[jt]s$/.test(text),
);
const commands = code.filter((text) => text.startsWith('npm run ')).map((text) => text.replace('npm run ', ''));

test.each(paths)('%s is there', (path) => {
  expect(existsSync(join(root, path))).toBe(true);
});

test.each(commands)('npm run %s is a command', (name) => {
  expect(Object.keys(scripts)).toContain(name);
});

test('paths and commands were found', () => {
  expect(paths.length).toBeGreaterThan(20);
  expect(commands.length).toBeGreaterThan(5);
});

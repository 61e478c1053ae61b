import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const CORE = join(__dirname, '../../src/core');
const sources = readdirSync(CORE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(CORE, name), 'utf8') }));

it('has sources to look at', () => {
  expect(sources.length).toBeGreaterThan(10);
});

it.each(sources)('$name imports nothing but files of the kernel', ({ name, text }) => {
  const imported = [...text.matchAll(/\b(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1]);
  const leaves = (path: string) => relative(CORE, resolve(CORE, dirname(name), path)).startsWith('..');
  expect(imported.filter((path) => !/^\.{1,2}\/[a-z/-]+$/.test(path!) || leaves(path!))).toEqual([]);
});

it.each(sources)('$name reads neither clock nor chance nor environment', ({ text }) => {
  const impure =
    /Date\.now|new Date\(\)|\bDate\(\)|Math\.random|performance|crypto|process\.|globalThis|setTimeout|setInterval/;
  expect(impure.exec(text)?.[0]).toBeUndefined();
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';

const CORE = join(__dirname, '../../src/core');
const sources = readdirSync(CORE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(CORE, name), 'utf8') }));

it('has sources to look at', () => {
  expect(sources.length).toBeGreaterThan(10);
});

test.each(sources)('$name reads neither clock nor chance nor environment', ({ text }) => {
  const impure =
    /Date\.now|new Date\(\)|\bDate\(\)|Math\.random|performance|crypto|process\.|globalThis|setTimeout|setInterval/;
  expect(impure.exec(text)?.[0]).toBeUndefined();
});

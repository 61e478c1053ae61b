import { expect, test } from 'vitest';
import { tokenFrom } from '../../../src/core/start/token';

const RUN_ID = '01939c6e-0000-7c4e-8f5a-1b2c3d4e5f60';

test('a token is 12 hexadecimal digits, and the same for the same text', () => {
  for (const text of ['', 'a', `run/${RUN_ID}/0`, 'Größe 日本'.repeat(100)]) {
    expect(tokenFrom(text)).toMatch(/^[0-9a-f]{12}$/);
    expect(tokenFrom(text)).toBe(tokenFrom(text));
  }
});

test('it never changes: a run that is taken up under a later version tells its files by it', () => {
  expect(tokenFrom(`run/${RUN_ID}/0`)).toBe('a7a68b45ee4d');
});

test('texts that differ little have tokens of their own, at each place', () => {
  const tokens = Array.from({ length: 100_000 }, (_, n) => tokenFrom(`run/${RUN_ID}/${n}`));
  expect(new Set(tokens).size).toBe(tokens.length);
  for (const [from, to] of [
    [0, 4],
    [4, 8],
    [8, 12],
  ])
    expect(new Set(tokens.map((token) => token.slice(from, to))).size).toBeGreaterThan(49_000);
});

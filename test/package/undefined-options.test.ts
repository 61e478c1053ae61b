// Whoever compiles with exactOptionalPropertyTypes may pass `undefined` for whatever may be left out.
import { expect, test } from 'vitest';
import { strictOptions } from './inputs';

test('every optional property of every exported input takes undefined', { timeout: 120_000 }, () => {
  const entries = [
    'src/index.ts',
    'activities/index.ts',
    'workflows/index.ts',
    'src/testing/index.ts',
    'src/storage/s3/index.ts',
    'src/webhooks/index.ts',
  ];
  const { strict, seen } = strictOptions(entries);
  expect(strict.map(({ path, at }) => `${at} ${path}`)).toEqual([]);
  expect(seen).toBeGreaterThan(150);
});

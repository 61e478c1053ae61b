// Instants are taken with their offset alone: without one, each machine would read its own.
import { expect, test } from 'vitest';
import { isInstant, isoTime } from '../../src/core/instant';

test('a time is told in UTC', () => {
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
});

test.each(['2026-01-01T00:00Z', '2026-01-01T10:20:30Z', '2026-01-01T10:20:30.123456+02:00', '2026-01-01T10:20-11:30'])(
  '%s is an instant',
  (text) => expect(isInstant(text)).toBe(true),
);

test.each([
  '2026-01-01T00:00:00',
  '2026-01-01',
  '1 Z',
  'Jan 1 2026 Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T00:00:00+02',
  '2026-01-01T00:00:00+0200',
  '2026-01-01T00:00:00+2:00',
  '2026-01-01T00:00:00+02:0',
  '2026-01-01T00:00:00.Z',
  '2026-01-01T00:00:0Z',
  '2026-01-01T0:00:00Z',
  '2026-1-01T00:00:00Z',
  '2026-01-1T00:00:00Z',
  '26-01-01T00:00:00Z',
  'x2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00Zx',
  0,
  null,
  ['2026-01-01T00:00Z'],
])('%j is none', (value) => expect(isInstant(value)).toBe(false));

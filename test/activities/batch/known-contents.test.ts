// Which of several earlier manifests decides about a document.
import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { KnownContents } from '../../../activities/batch/known-contents';
import type { RecordsPort } from '../../../activities/batch/records';
import type { Manifest } from '../../../src/core/batch/manifest';
import type { ManifestLine } from '../../../src/core/batch/manifest-lines';
import { partName, toLines } from '../../../src/core/batch/records';

interface Earlier extends Partial<
  Pick<Manifest, 'startedAt' | 'endedAt' | 'unlessIn' | 'alsoUnlessIn' | 'retryFailed'>
> {
  listedAt?: string;
  /** Lines of each part. */
  parts: Partial<ManifestLine>[][];
  /** Number of documents in each part of the plan. null if there is no plan. */
  sizes?: number[] | null;
}

const DOCUMENT = { ref: 'mem:/doc', version: 'new' };

const line = (version: string, status: ManifestLine['status'] = 'ok', unsettled = false): Partial<ManifestLine> => ({
  identity: 'mem:/doc',
  version,
  status,
  unsettled,
  runId: 'run',
});

const locationOf = (key: string) => `mem:/out/_manifests/${key}/manifest.json`;

/** How many records were read at the same time, at most. */
let mostReading = 0;
beforeEach(() => (mostReading = 0));

/** Why the document is left out, by the earlier batches with these keys. */
async function reasonBy(batches: Record<string, Earlier>, ...keys: string[]) {
  const texts = new Map<string, string>();
  for (const [key, { parts, listedAt, sizes = parts.map((lines) => lines.length), ...more }] of Object.entries(
    batches,
  )) {
    const put = (name: string, text: string) => texts.set(locationOf(key).replace('manifest.json', name), text);
    const counts = { documents: parts.flat().length };
    put('manifest.json', JSON.stringify({ version: 1, counts, parts: { count: parts.length }, ...more }));
    if (sizes) put('plan.json', JSON.stringify({ version: 1, id: 'p', earlier: [], sizes, batch: { listedAt } }));
    for (const [index, lines] of parts.entries()) put(`manifest/${partName(index + 1)}`, toLines(lines));
  }
  let reading = 0;
  const storage: Pick<RecordsPort, 'readRecord'> = {
    readRecord: async (to, path) => {
      mostReading = Math.max(mostReading, ++reading);
      await setImmediate();
      reading--;
      return texts.has(to + path) ? Buffer.from(texts.get(to + path)!) : undefined;
    },
  };
  const { signal } = new AbortController();
  const known = await KnownContents.read(storage as RecordsPort, keys.map(locationOf), signal);
  return known.reasonFor(DOCUMENT);
}

const day = (n: number) => `2026-03-0${n}T02:00:00.000Z`;

/** A night in which the document failed. The next one processed a newer version, and a retry of the first one ended after that. */
const FIRST: Earlier = { startedAt: day(1), endedAt: day(1), listedAt: day(1), parts: [[line('old', 'failed')]] };
const SECOND: Earlier = { startedAt: day(2), endedAt: day(2), listedAt: day(2), parts: [[line('new')]] };
const RETRY: Earlier = { startedAt: day(3), endedAt: day(3), listedAt: day(1), parts: [[line('old')]] };
const [first, second] = [locationOf('first'), locationOf('second')];

test.each([
  ['named first', ['retry', 'second']],
  ['named last', ['second', 'retry']],
])('a retry of an older night, %s, does not decide over a later listing', async (_how, keys) => {
  const batches = {
    first: FIRST,
    second: { ...SECOND, unlessIn: first },
    retry: { ...RETRY, retryFailed: first },
  };
  expect(await reasonBy(batches, ...keys)).toBe('unchanged');
});

test('an older night that was resumed does not decide over a later one that does not name it', async () => {
  const resumed = { ...FIRST, startedAt: day(3), endedAt: day(3), parts: [[line('old')]] };
  expect(await reasonBy({ resumed, second: SECOND }, 'resumed', 'second')).toBe('unchanged');
});

test('a retry is newer than the night that it retries', async () => {
  const batches = { second: SECOND, retry: { ...RETRY, listedAt: day(2), retryFailed: second } };
  expect(await reasonBy(batches, 'second', 'retry')).toBeUndefined();
});

test('a batch whose plan does not say when it was listed was listed when it began', async () => {
  const { listedAt: _, ...older } = { ...FIRST, endedAt: day(3), parts: [[line('old')]] };
  expect(await reasonBy({ older, second: SECOND }, 'older', 'second')).toBe('unchanged');
});

test('of batches that sent the same content, the one that ended last says whether it is settled', async () => {
  const failed = { ...SECOND, parts: [[line('new', 'failed')]] };
  const running = { ...RETRY, parts: [[line('new', 'missing', true)]] };
  expect(await reasonBy({ failed, running }, 'failed', 'running')).toBe('unsettled');
  expect(await reasonBy({ failed: { ...failed, endedAt: day(4) }, running }, 'failed', 'running')).toBeUndefined();
});

test('manifests that name each other, as edited ones may, are all read', async () => {
  const batches = {
    first: { ...FIRST, unlessIn: second },
    second: { ...SECOND, unlessIn: first },
  };
  for (const key of ['first', 'second']) expect(await reasonBy(batches, key)).toBe('unchanged');
  const itself = { ...SECOND, retryFailed: locationOf('itself') };
  expect(await reasonBy({ itself }, 'itself')).toBe('unchanged');
});

test('a part that has lost a line is noticed, though another one has a line too many', async () => {
  const parts = [[line('a')], [line('b'), line('c'), line('d')]];
  const night: Earlier = { ...SECOND, parts, sizes: [2, 2] };
  await expect(reasonBy({ night }, 'night')).rejects.toThrow(/part-0000[12]\.jsonl .* it has [13] of 2 lines/);
  expect(await reasonBy({ night: { ...night, sizes: null } }, 'night')).toBeUndefined();
});

test('many manifests that one names are read side by side, and the one that was listed last decides', async () => {
  const keys = Array.from({ length: 40 }, (_, n) => `night-${n}`);
  const night = (n: number): Earlier => {
    const time = new Date(Date.UTC(2026, 1, 1 + n)).toISOString();
    return { startedAt: time, endedAt: time, listedAt: time, parts: [[line(n === 20 ? 'new' : 'old', 'ok')]] };
  };
  const batches = Object.fromEntries(keys.map((key, n) => [key, night(n)]));
  const head: Earlier = { ...SECOND, unlessIn: null, alsoUnlessIn: keys.map(locationOf), parts: [] };
  expect(await reasonBy({ ...batches, head }, 'head')).toBeUndefined();
  expect(mostReading).toBe(32);
  const last = { ...night(40), parts: [[line('new')]] };
  expect(await reasonBy({ ...batches, 'night-7': last, head }, 'head')).toBe('unchanged');
});

test('parts of many batches are read side by side', async () => {
  const keys = Array.from({ length: 40 }, (_, n) => `night-${n}`);
  const batches = keys.map(
    (key, n) => [key, { ...FIRST, unlessIn: n === 0 ? null : locationOf(keys[n - 1]!) }] as const,
  );
  await reasonBy(Object.fromEntries(batches), keys.at(-1)!);
  expect(mostReading).toBe(16);
});

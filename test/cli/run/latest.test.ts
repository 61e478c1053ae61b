// The latest manifest is that of the same documents, so that no night pays for what another one did.
import { describe, expect, it, test } from 'vitest';
import { refuseFakes } from '../../../src/cli/run/earlier';
import { type Earlier, latestManifests, nextBatch } from '../../../src/cli/run/latest';
import { defaultKey, fakeKey } from '../../../src/cli/run/key';
import { parsePlace } from '../../../src/cli/run/places';
import { batchDigest } from '../../../src/core/batch/join';
import type { Manifest } from '../../../src/core/batch/manifest';

const signal = AbortSignal.timeout(60_000);
const TO = { url: 's3://out/' };
const ASKED: Earlier = { from: { url: 's3://in/' }, to: TO, match: [], isFake: false };
const keyOf = (from: string) =>
  defaultKey({ from: parsePlace('--from', from, '/data'), to: TO, match: [], start: {}, isFake: false });
const locationOf = (key: string) => `s3://out/_manifests/${key}/manifest.json`;

interface Told extends Partial<Pick<Manifest, 'unlessIn' | 'alsoUnlessIn' | 'retryFailed' | 'key'>> {
  from?: string;
  match?: unknown;
}

/** Manifests by their folders, each ended a day after the one before; null where a batch has none yet. */
async function latestOf(batches: Record<string, Told | null>, asked: Partial<Earlier> = {}) {
  const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
  const texts = new Map(
    Object.entries(batches).flatMap(([key, told], index) => {
      if (!told) return [];
      const { from = 's3://in/', match = null, unlessIn = null, alsoUnlessIn = [], retryFailed = null } = told;
      const options = retryFailed === null ? { from, match, to: 's3://out/' } : { to: 's3://out/' };
      const names = { unlessIn, alsoUnlessIn, retryFailed };
      const manifest = { version: 1, key: told.key ?? key, endedAt: day(index), ...names, options };
      return [[locationOf(key), JSON.stringify(manifest)]];
    }),
  );
  const storage = {
    readRecord: (to: string, path: string) => {
      const text = texts.get(to + path);
      return Promise.resolve(text === undefined ? undefined : Buffer.from(text));
    },
    writeRecord: () => Promise.reject(new Error('nobody writes')),
  };
  const { manifests } = await latestManifests(storage, Object.keys(batches).sort(), { ...ASKED, ...asked }, signal);
  return manifests;
}

test.each<[string, string | string[] | undefined, Record<string, Told | null>, Partial<Earlier>?]>([
  ['of none', undefined, {}],
  ['of a batch that has not ended', undefined, { a: null }],
  ['of two the later one', 'a', { b: {}, a: {} }],
  ['beside one that has not ended', 'b', { b: {}, a: null }],
  ['not one of other documents', 'a', { a: {}, b: { from: 's3://other/' } }],
  ['not one of other globs', 'a', { a: {}, b: { match: ['*.pdf'] } }],
  ['one of the same globs', 'b', { a: {}, b: { match: ['*.pdf'] }, c: {} }, { match: ['*.pdf'] }],
  ['however they are written', 'a', { a: { from: 's3://in', match: '*.pdf' } }, { match: ['*.pdf'] }],
  ['a retry of it', 'b', { a: {}, b: { retryFailed: locationOf('a') } }],
  [
    'a retry of a retry of it',
    'c',
    { a: {}, b: { retryFailed: locationOf('a') }, c: { retryFailed: locationOf('b') } },
  ],
  [
    'and a retry of an older one, which the latest does not name',
    ['b', 'c'],
    { a: {}, b: { unlessIn: locationOf('a') }, c: { retryFailed: locationOf('a') } },
  ],
  [
    'and a retry of a retry of an older one, though the latest ended after it',
    ['d', 'c'].sort(),
    {
      a: {},
      b: { retryFailed: locationOf('a') },
      c: { retryFailed: locationOf('b') },
      d: { unlessIn: locationOf('a') },
    },
  ],
  [
    'not a retry that the latest builds on',
    'd',
    {
      a: {},
      b: { unlessIn: locationOf('a') },
      c: { retryFailed: locationOf('a') },
      d: { unlessIn: locationOf('b'), alsoUnlessIn: [locationOf('c')] },
    },
  ],
  ['not one that was run again after the one that builds on it', 'b', { b: { unlessIn: locationOf('a') }, a: {} }],
  ['not a retry of other documents', 'a', { a: {}, b: { from: 's3://other/' }, c: { retryFailed: locationOf('b') } }],
  ['of some that name each other', 'b', { a: { unlessIn: locationOf('b') }, b: { unlessIn: locationOf('a') } }],
  ['not what a fake API made', 'a', { a: {}, b: { key: fakeKey('trial') } }],
  ['with a fake API its own, too', 'b', { a: {}, b: { key: fakeKey('trial') } }, { isFake: true }],
  ['one of a folder that is called fake', 'b', { a: {}, b: { key: keyOf('./invoices-fake') } }],
  ['one of a folder that is called like a fake API', 'b', { a: {}, b: { key: keyOf('./in-fake-api') } }],
])('%s: %s', async (_, key, batches, asked) => {
  const [latest] = await latestOf(batches, asked);
  expect(latest).toEqual([key ?? []].flat().map(locationOf));
});

it('of an hourly cron of years, each of which names the one before', async () => {
  const keys = Array.from({ length: 20_000 }, (_, n) => `night-${n}`);
  const batches = keys.map((key, n) => [key, n === 0 ? {} : { unlessIn: locationOf(keys[n - 1]!) }] as const);
  expect(await latestOf(Object.fromEntries(batches))).toEqual([[locationOf(keys.at(-1)!)]]);
});

test('a manifest that cannot be read is told, and not passed over: its documents would be paid for again', async () => {
  const storage = {
    readRecord: () => Promise.resolve(Buffer.from('no JSON')),
    writeRecord: () => Promise.reject(new Error('nobody writes')),
  };
  await expect(latestManifests(storage, ['a'], ASKED, signal)).rejects.toThrow('it is not JSON');
});

test('behind the latest comes what it was before the newest retry', async () => {
  const retry = (key: string) => ({ retryFailed: locationOf(key) });
  const batches = { a: {}, b: { unlessIn: locationOf('a') }, c: retry('b'), d: retry('c'), e: retry('a') };
  const lists = [['d', 'e'], ['d'], ['c'], ['b']];
  expect(await latestOf(batches)).toEqual(lists.map((keys) => keys.map(locationOf)));
  expect(await latestOf({ a: retry('b'), b: retry('a'), c: {} })).toEqual([[locationOf('c')]]);
});

describe('a manifest that a fake API made', () => {
  const manifests = {
    [locationOf('real')]: { key: 'real', unlessIn: locationOf('gone'), retryFailed: null },
    [locationOf('older')]: { key: 'older', unlessIn: null, alsoUnlessIn: [locationOf('trial-fake-api')] },
    [locationOf('newer')]: { key: 'newer', unlessIn: null, retryFailed: locationOf('older') },
    [locationOf('trial-fake-api')]: { key: fakeKey('trial'), unlessIn: null, retryFailed: null },
  };
  const read = (location: string) => manifests[location] as Manifest | undefined;

  it.each([
    ['by itself', { unlessIn: locationOf('trial-fake-api') }],
    ['to run what is not ok in it', { retryFailed: locationOf('trial-fake-api') }],
    ['behind others', { unlessIn: [locationOf('real'), locationOf('newer')] }],
  ])('is refused for the real API where a batch names it %s', async (_, batch) => {
    await expect(refuseFakes(batch, read)).rejects.toMatchObject({
      message: expect.stringContaining('s3://out/_manifests/trial-fake-api/manifest.json, which --fake made') as string,
      exitCode: 2,
    });
  });

  it('is not found among others, even if one of them is gone', async () => {
    await expect(refuseFakes({ unlessIn: locationOf('real') }, read)).resolves.toBeUndefined();
  });
});

describe('a night that was interrupted', () => {
  const unlessIn = ([manifest = '', ...others]: readonly string[]) => ({
    key: manifest.replace(/^.*_manifests.(.*).manifest.json$/, 'after-$1'),
    start: { templateId: 't' },
    documents: { from: 's3://in/' },
    outputs: { to: 's3://out/' },
    unlessIn: others.length > 0 ? [manifest, ...others] : manifest,
  });
  const planned = (digest: string) => ({ 'after-night-1/plan.json': { version: 1, digest } });
  /** @param texts by their paths below the folder of manifests */
  const storageOf = (texts: Record<string, object>) => ({
    readRecord: (to: string, path: string) => {
      const value = texts[(to + path).replace('s3://out/_manifests/', '')];
      return Promise.resolve(value && Buffer.from(JSON.stringify(value)));
    },
    writeRecord: () => Promise.reject(new Error('nobody writes')),
  });
  const digest = batchDigest(unlessIn([locationOf('night-1')]));

  it.each<[string, string, Record<string, object>, string[][]?]>([
    ['is resumed, though its manifest was retried since', 'after-night-1', planned(digest)],
    [
      'is resumed, though the retry was retried',
      'after-night-1',
      planned(digest),
      [['retry-2'], ['retry'], ['night-1']],
    ],
    [
      'is not resumed once it ended',
      'after-retry',
      { ...planned(digest), 'after-night-1/manifest.json': { version: 1 } },
    ],
    [
      'that planned something else is not resumed once it ended',
      'after-retry',
      { ...planned('other'), 'after-night-1/manifest.json': { version: 1 } },
    ],
    ['and planned nothing is begun anew', 'after-retry', {}],
  ])('%s: %s', async (_, key, texts, manifests = [['retry', 'night-0'], ['night-1']]) => {
    const storage = storageOf(texts);
    const lists = manifests.map((keys) => keys.map(locationOf));
    expect((await nextBatch(storage, lists, unlessIn, signal)).key).toBe(key);
  });

  it.each([
    ['the latest', [['night-1']]],
    ['what the latest is a retry of', [['retry'], ['night-1']]],
  ])('with other options is not passed over, because its jobs may be paid for: planned from %s', async (_, keys) => {
    const lists = keys.map((list) => list.map(locationOf));
    await expect(nextBatch(storageOf(planned('other')), lists, unlessIn, signal)).rejects.toMatchObject({
      message: expect.stringMatching(/^The batch after-night-1 has not ended, .* another --name\. /) as string,
      exitCode: 2,
    });
  });

  test('before there is any manifest, the batch is that of the first night', async () => {
    expect((await nextBatch(storageOf({}), [[]], unlessIn, signal)).key).toBe('');
  });
});

// The latest manifest is that of the same documents, so that no night pays for what another one did.
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { refuseFakes } from '../../../src/cli/run/earlier';
import { type Asked, earlierBatches, nextBatch } from '../../../src/cli/run/latest';
import { defaultKey, fakeKey } from '../../../src/cli/run/key';
import { parsePlace } from '../../../src/cli/run/places';
import type { RecordsPort } from '../../../activities/batch/records';
import type { KeyedBatchInput } from '../../../src/common/inputs';
import { batchDigest } from '../../../src/core/batch/join';
import { type Manifest, shownDocuments } from '../../../src/core/batch/manifest';

const signal = AbortSignal.timeout(60_000);
const TO = { url: 's3://out/' };
const ASKED: Asked = { from: { url: 's3://in/' }, to: TO, match: [], isFake: false };
const keyOf = (from: string) =>
  defaultKey({ from: parsePlace('--from', from, '/data'), to: TO, match: [], start: {}, isFake: false });
const locationOf = (key: string) => `s3://out/_manifests/${key}/manifest.json`;

interface Told extends Partial<Pick<Manifest, 'unlessIn' | 'alsoUnlessIn' | 'retryFailed' | 'key'>> {
  from?: string;
  match?: unknown;
}

/** Manifests by their folders, each ended a day after the one before; null where a batch has none yet. */
function textsOf(batches: Record<string, Told | null>): Record<string, object> {
  const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
  return Object.fromEntries(
    Object.entries(batches).flatMap(([key, told], index) => {
      if (!told) return [];
      const { from = 's3://in/', match = null, unlessIn = null, alsoUnlessIn = [], retryFailed = null } = told;
      const options = retryFailed === null ? { from, match, to: 's3://out/' } : { to: 's3://out/' };
      const names = { unlessIn, alsoUnlessIn, retryFailed };
      return [[key, { version: 1, key: told.key ?? key, endedAt: day(index), ...names, options }]];
    }),
  );
}

/** @param manifests and plans, by their folders */
function storageOf(manifests: Record<string, object>, plans: Record<string, object> = {}): RecordsPort {
  const texts = new Map<string, object>();
  for (const [key, manifest] of Object.entries(manifests)) texts.set(locationOf(key), manifest);
  for (const [key, plan] of Object.entries(plans)) texts.set(`s3://out/_manifests/${key}/plan.json`, plan);
  return {
    readRecord: (to, path) => {
      const value = texts.get(to + path);
      return Promise.resolve(value && Buffer.from(JSON.stringify(value)));
    },
    writeRecord: () => Promise.reject(new Error('nobody writes')),
  };
}

async function latestOf(batches: Record<string, Told | null>, asked: Partial<Asked> = {}) {
  const folders = Object.keys(batches).sort();
  return (await earlierBatches(storageOf(textsOf(batches)), folders, { ...ASKED, ...asked }, signal)).manifests;
}

test.each<[string, string | string[] | undefined, Record<string, Told | null>, Partial<Asked>?]>([
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
  expect(await latestOf(batches, asked)).toEqual([key ?? []].flat().map(locationOf));
});

it('of an hourly cron of years, each of which names the one before', async () => {
  const keys = Array.from({ length: 20_000 }, (_, n) => `night-${n}`);
  const batches = keys.map((key, n) => [key, n === 0 ? {} : { unlessIn: locationOf(keys[n - 1]!) }] as const);
  expect(await latestOf(Object.fromEntries(batches))).toEqual([locationOf(keys.at(-1)!)]);
});

test.each([
  ['and others that ended since it listed its documents, because it was resumed', 1, ['by-hand', 'night']],
  ['not others that ended before it listed its documents', 3, ['night']],
])('of the same documents: %s', async (_, listedDay, latest) => {
  const batches = {
    first: {},
    other: { from: 's3://other/' },
    'by-hand': {},
    night: { unlessIn: locationOf('first') },
  };
  const manifests = textsOf(batches);
  const listedAt = new Date(Date.UTC(2026, 0, 1 + listedDay)).toISOString();
  const storage = storageOf(manifests, { night: { version: 1, batch: { listedAt } } });
  const earlier = await earlierBatches(storage, Object.keys(batches), ASKED, signal);
  expect(earlier.manifests).toEqual(latest.map(locationOf));
});

test('a manifest that cannot be read is told, and not passed over: its documents would be paid for again', async () => {
  const storage = {
    readRecord: () => Promise.resolve(Buffer.from('no JSON')),
    writeRecord: () => Promise.reject(new Error('nobody writes')),
  };
  await expect(earlierBatches(storage, ['a'], ASKED, signal)).rejects.toThrow('it is not JSON');
});

describe('a manifest that a fake API made', () => {
  const manifests = {
    [locationOf('real')]: { key: 'real', unlessIn: locationOf('gone'), retryFailed: null },
    [locationOf('older')]: { key: 'older', unlessIn: null, alsoUnlessIn: [locationOf('trial-fake-api')] },
    [locationOf('newer')]: { key: 'newer', unlessIn: null, retryFailed: locationOf('older') },
    [locationOf('trial-fake-api')]: { key: fakeKey('trial'), unlessIn: null, retryFailed: null },
  };
  const read = (location: string) => Promise.resolve(manifests[location] as Manifest | undefined);

  it.each([
    ['by itself', { unlessIn: locationOf('trial-fake-api') }],
    ['to run what is not ok in it', { retryFailed: locationOf('trial-fake-api') }],
    ['behind others', { unlessIn: [locationOf('real'), locationOf('newer')] }],
  ])('is refused for the real API where a batch names it %s', async (_, batch) => {
    await expect(refuseFakes(batch, read, signal)).rejects.toMatchObject({
      message: expect.stringContaining('s3://out/_manifests/trial-fake-api/manifest.json, which --fake made') as string,
      exitCode: 2,
    });
  });

  it('is looked for in several manifests side by side', async () => {
    let reading = 0;
    let most = 0;
    const readSlowly = async () => {
      most = Math.max(most, ++reading);
      await setImmediate();
      reading--;
      return undefined;
    };
    const named = Array.from({ length: 100 }, (_, n) => locationOf(`night-${n}`));
    await refuseFakes({ unlessIn: named }, readSlowly, signal);
    expect(most).toBe(16);
  });

  it('is not found among others, even if one of them is gone', async () => {
    await expect(refuseFakes({ unlessIn: locationOf('real') }, read, signal)).resolves.toBeUndefined();
  });
});

describe('a batch that has not ended', () => {
  interface Options {
    key?: string;
    template?: string;
    match?: string;
    retryFailed?: string;
    isFake?: boolean;
  }
  /** What a command asks for, given the names of the earlier batches. */
  const inputOf = (earlier: readonly string[], options: Options = {}): KeyedBatchInput => {
    const { key, template = 't', match, isFake = false } = options;
    const unlessIn = earlier.map(locationOf);
    const retryFailed = options.retryFailed && locationOf(options.retryFailed);
    const start = { templateId: template };
    return {
      key: key ?? defaultKey({ ...ASKED, isFake, match: [match ?? []].flat(), start, retryFailed, unlessIn }),
      start,
      ...(retryFailed === undefined && { documents: { from: 's3://in/', match } }),
      outputs: { to: 's3://out/' },
      unlessIn,
      retryFailed,
    };
  };
  const planOf = (input: KeyedBatchInput) => {
    const { key, unlessIn, retryFailed = null, documents } = input;
    const [first = null, ...others] = [unlessIn ?? []].flat();
    const batch = { key, unlessIn: first, alsoUnlessIn: others, retryFailed, options: shownDocuments(documents) };
    return { version: 1, digest: batchDigest(input), batch };
  };
  /** The nights before. The second was retried. */
  const ENDED: Record<string, Told> = {
    'night-1': {},
    'night-2': { unlessIn: locationOf('night-1') },
    retry: { retryFailed: locationOf('night-2') },
  };
  /** The key of the next batch, of a command with these options. */
  async function nextKey(
    unended: readonly KeyedBatchInput[],
    options: Options = {},
    ended = ENDED,
    others: string[] = [],
  ) {
    const plans = Object.fromEntries(unended.map((input) => [input.key, planOf(input)]));
    const { match, isFake = false } = options;
    const asked = { ...ASKED, match: [match ?? []].flat(), isFake };
    const folders = [...Object.keys(ended), ...Object.keys(plans), ...others];
    const earlier = await earlierBatches(storageOf(textsOf(ended), plans), folders, asked, signal);
    const nameOf = (location: string) => /_manifests.(.*).manifest.json$/.exec(location)?.[1] ?? '';
    return nextBatch(earlier, (manifests) => inputOf(manifests.map(nameOf), options)).key;
  }
  const NEXT = inputOf(['retry']).key;

  it.each<[string, KeyedBatchInput]>([
    ['of the latest manifest', inputOf(['retry'])],
    ['of what was the latest before its retry', inputOf(['night-2'])],
    ['of an older one, since another batch has ended in between', inputOf(['night-1'])],
    ['of none, as the first night', inputOf([])],
    ['of several', inputOf(['night-1', 'retry'])],
  ])('is resumed: %s', async (_, begun) => {
    expect(await nextKey([begun])).toBe(begun.key);
  });

  it('is resumed in the first night, too', async () => {
    expect(await nextKey([inputOf([])], {}, {})).toBe(inputOf([]).key);
  });

  it.each<[string, KeyedBatchInput, Record<string, Told>?]>([
    ['of another template', inputOf(['retry'], { template: 'other' })],
    ['of another key', inputOf(['night-1'], { key: 'by-hand' })],
    ['that retries the latest', inputOf([], { retryFailed: 'retry' })],
    ['that retries one that the latest builds on', inputOf([], { retryFailed: 'night-1' })],
    ['of the first night', inputOf([], { key: 'by-hand' }), {}],
  ])('is told, because its jobs may be paid for: one %s', async (_, begun, ended) => {
    await expect(nextKey([begun], {}, ended)).rejects.toMatchObject({
      message: expect.stringMatching(`^The batch ${begun.key} has not ended, .* another --template, `) as string,
      exitCode: 2,
    });
  });

  it('is told if it has the key, and other options than those in the key', async () => {
    const begun = { ...inputOf(['retry']), outputs: { to: 's3://out/', name: '{fileId}' } };
    await expect(nextKey([begun])).rejects.toThrow('another --template, --name or --key');
  });

  it.each<[string, KeyedBatchInput, Options?]>([
    ['of other documents', inputOf(['retry'], { match: '*.pdf' })],
    ['that retries a batch of other documents', inputOf([], { retryFailed: 'other' })],
    ['of a fake API', inputOf(['retry'], { key: fakeKey('trial') })],
  ])('is passed over: one %s', async (_, begun, options) => {
    expect(await nextKey([begun], options, { ...ENDED, other: { from: 's3://other/' } })).toBe(NEXT);
  });

  it('of the real API is passed over by a fake API, which pays for nothing', async () => {
    expect(await nextKey([inputOf(['retry'])], { isFake: true })).toBe(inputOf(['retry'], { isFake: true }).key);
  });

  it('and has no plan is begun anew', async () => {
    expect(await nextKey([], {}, ENDED, [NEXT])).toBe(NEXT);
    expect(await nextKey([inputOf([])], {}, ENDED, ['a', NEXT])).toBe(inputOf([]).key);
  });
});

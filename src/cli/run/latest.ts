import { BatchRecords, type RecordsPort } from '../../../activities/batch/records';
import { groupBy } from '../../common/group-by';
import { inParallel } from '../../common/in-parallel';
import type { KeyedBatchInput } from '../../common/inputs';
import { batchDigest } from '../../core/batch/join';
import { type Manifest, namedManifests } from '../../core/batch/manifest';
import { shownRef } from '../../core/reference';
import { CliError } from '../support/errors';
import { isFakeKey } from './key';
import type { Place } from './places';
import { manifestIn } from './record-folders';

/** Which earlier batches to look for. */
export interface Earlier {
  from: Place;
  to: Place;
  match: readonly string[];
  isFake: boolean;
}

type BatchUnless = (manifests: readonly string[]) => KeyedBatchInput;

interface Found {
  location: string;
  manifest: Manifest;
}

/** How many manifests are read at a time. */
const AT_A_TIME = 16;

/**
 * The batch that continues from the first of these lists of manifests. But if a batch planned from one of the lists has not ended, that batch is
 * returned, because its jobs may be paid for. A retry of the documents that are not ok in a manifest does not end the batches planned from that
 * manifest.
 * @throws CliError if the batch that has not ended has other options
 */
export async function nextBatch(
  storage: RecordsPort,
  manifests: readonly string[][],
  unlessIn: BatchUnless,
  signal: AbortSignal,
): Promise<KeyedBatchInput> {
  for (const batch of manifests.map(unlessIn)) {
    const records = BatchRecords.of(storage, { to: batch.outputs.to, key: batch.key }, signal);
    const plan = await records.plan();
    if (!plan || (await records.manifest())) continue;
    if (plan.digest === batchDigest(batch)) return batch;
    throw new CliError(
      `The batch ${batch.key} has not ended, and was begun with other options, such as another --name. Run the command with these options until that batch has ended.`,
      2,
    );
  }
  return unlessIn(manifests[0] ?? []);
}

/** What the next batch of the same documents builds on. */
interface Latest {
  /** Locations of manifests that together name all others, or none if there are none yet. Then what they were before the newest retry, and so on. */
  manifests: string[][];
  /** All manifests that were read. */
  byLocation: ReadonlyMap<string, Manifest>;
}

/**
 * Finds the newest manifest of the same documents, `--match` and `--to`. Batches that processed again what is not ok in it, or in a manifest that it
 * builds on, count as well. Manifests of a fake API are not used for the real API.
 */
export async function latestManifests(
  storage: RecordsPort,
  folders: readonly string[],
  { from, to, match, isFake }: Earlier,
  signal: AbortSignal,
): Promise<Latest> {
  const asked = documentsKey(shownRef(from.url), match);
  const all = await readManifests(storage, folders, to, signal);
  const byLocation = new Map(all.map(({ location, manifest }) => [location, manifest]));
  const usable = all.filter(({ manifest }) => isFake || !isFakeKey(manifest.key));
  const isAsked = ({ manifest: { options } }: Found) => documentsKey(options['from'], options['match']) === asked;
  const latest = newest(usable.filter(isAsked));
  return { manifests: latest ? withoutRetries(related(latest, usable)) : [[]], byLocation };
}

/** The manifests that no other one names; then those that remain without the newest of them, as long as it is a retry. */
function withoutRetries(all: readonly Found[]): string[][] {
  const lists: string[][] = [];
  for (let rest = all; ;) {
    const named = new Set(rest.flatMap(({ manifest }) => namedManifests(manifest)));
    const last = newest(rest);
    const unnamed = rest.filter(({ location }) => !named.has(location));
    const heads = unnamed.length > 0 ? unnamed : last ? [last] : []; // only edited manifests name each other
    lists.push(heads.map(({ location }) => location));
    const retry = newest(heads);
    if (!retry || retry.manifest.retryFailed === null) return lists;
    rest = rest.filter((one) => one !== retry);
  }
}

/** Identifies which documents are listed, regardless of how the options are written. */
function documentsKey(from: unknown, match: unknown): string {
  return JSON.stringify([typeof from === 'string' ? from.replace(/\/$/, '') : null, [match ?? []].flat()]);
}

async function readManifests(
  storage: RecordsPort,
  folders: readonly string[],
  to: Place,
  signal: AbortSignal,
): Promise<Found[]> {
  const found: Found[] = [];
  await inParallel(AT_A_TIME, folders, signal, async (folder, signal) => {
    const location = manifestIn(folder, to);
    const manifest = await readManifest(storage, location, signal);
    if (manifest) found.push({ location, manifest }); // a batch that has not ended has no manifest
  });
  return found.sort((one, other) => (one.location < other.location ? -1 : 1)); // a fixed order, in case two ended at the same time
}

/** A manifest by its location; undefined if there is none. */
export function readManifest(
  storage: RecordsPort,
  location: string,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  return BatchRecords.beside(storage, location, 'unlessIn', signal).manifest();
}

function newest(found: Iterable<Found>): Found | undefined {
  const end = ({ manifest }: Found) => Date.parse(manifest.endedAt);
  return [...found].reduce<Found | undefined>((last, one) => (last && end(last) >= end(one) ? last : one), undefined);
}

/** A manifest, those that it names, directly or through others, and all that name one of these. In the order of their locations. */
function related(one: Found, all: readonly Found[]): Found[] {
  const byLocation = new Map(all.map((found) => [found.location, found]));
  const pairs = all.flatMap((found) => namedManifests(found.manifest).map((location) => ({ location, found })));
  const naming = groupBy(pairs, ({ location }) => location);
  const chain = new Set([one]);
  // Both loops also visit what they add.
  for (const { manifest } of chain)
    for (const location of namedManifests(manifest)) {
      const earlier = byLocation.get(location);
      if (earlier) chain.add(earlier);
    }
  for (const { location } of chain) for (const { found } of naming.get(location) ?? []) chain.add(found);
  return all.filter((found) => chain.has(found));
}

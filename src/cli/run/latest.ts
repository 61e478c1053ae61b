import { BatchRecords, type RecordsPort } from '../../../activities/batch/records';
import { groupBy } from '../../common/group-by';
import { inParallel } from '../../common/in-parallel';
import type { KeyedBatchInput } from '../../common/inputs';
import { batchDigest } from '../../core/batch/join';
import { type Manifest, namedManifests } from '../../core/batch/manifest';
import type { BatchPlan, PlannedBatch } from '../../core/batch/plan';
import { shownRef } from '../../core/reference';
import { CliError } from '../support/errors';
import { isFakeKey } from './key';
import type { Place } from './places';
import { manifestIn } from './record-folders';

/** Which earlier batches to look for. */
export interface Asked {
  from: Place;
  to: Place;
  match: readonly string[];
  isFake: boolean;
}

interface Found {
  location: string;
  manifest: Manifest;
}

/** A batch that has a plan and no manifest. Its jobs may be paid for. */
type Unended = Pick<BatchPlan, 'digest'> & { batch: PlannedBatch };

/** Earlier batches of the same documents, and retries of them. */
export interface Earlier {
  /** Locations of manifests that together name all others; none if there are none yet. */
  manifests: string[];
  unended: Unended[];
  /** All manifests that were read. */
  byLocation: ReadonlyMap<string, Manifest>;
}

/** How many manifests are read at a time. */
export const AT_A_TIME = 16;

/**
 * The batch that continues from the latest manifests. But if a batch has not ended, that batch is returned, whatever has ended since.
 * @throws CliError if the batch that has not ended has other options
 */
export function nextBatch(
  { manifests, unended }: Pick<Earlier, 'manifests' | 'unended'>,
  unlessIn: (manifests: readonly string[]) => KeyedBatchInput,
): KeyedBatchInput {
  const isBegun = (input: KeyedBatchInput) =>
    unended.some(({ batch, digest }) => batch.key === input.key && digest === batchDigest(input));
  const begun = unended.map(({ batch }) => unlessIn(namedManifests(batch))).find(isBegun);
  if (begun) return begun;
  const [other] = unended;
  if (!other) return unlessIn(manifests);
  throw new CliError(
    `The batch ${other.batch.key} has not ended, and was begun with other options, such as --retry-failed, or another --template, --name or --key. Run the command with these options until that batch has ended.`,
    2,
  );
}

/**
 * Finds the newest manifest of the same documents, `--match` and `--to`, those that have ended since it listed its documents, and batches that have not
 * ended. Batches that processed again what is not ok in one of them, or in a manifest that it builds on, count as well. Batches of a fake API are not
 * used for the real API.
 */
export async function earlierBatches(
  storage: RecordsPort,
  folders: readonly string[],
  { from, to, match, isFake }: Asked,
  signal: AbortSignal,
): Promise<Earlier> {
  const asked = documentsKey(shownRef(from.url), match);
  const isAsked = ({ options }: Pick<Manifest, 'options'>) => documentsKey(options['from'], options['match']) === asked;
  const { ended, unended } = await readBatches(storage, folders, to, signal);
  const usable = ended.filter(({ manifest }) => isFake || !isFakeKey(manifest.key));
  const candidates = usable.filter(({ manifest }) => isAsked(manifest));
  const latest = newest(candidates);
  // If the latest was resumed, others may have ended since it listed its documents, and have later ones.
  const { batch } = (latest && (await recordsAt(storage, latest.location, signal).plan())) ?? {};
  const isSince = ({ manifest }: Found) => endOf(manifest) > Date.parse(batch?.listedAt ?? '');
  const chain = related(latest ? [latest, ...candidates.filter(isSince)] : [], usable);
  const isRetry = ({ retryFailed }: PlannedBatch) => chain.some(({ location }) => location === retryFailed);
  return {
    manifests: headsOf(chain).map(({ location }) => location),
    unended: unended.filter(({ batch }) => isFakeKey(batch.key) === isFake && (isAsked(batch) || isRetry(batch))),
    byLocation: new Map(ended.map(({ location, manifest }) => [location, manifest])),
  };
}

/** The manifests that no other one names. */
function headsOf(chain: readonly Found[]): Found[] {
  const named = new Set(chain.flatMap(({ manifest }) => namedManifests(manifest)));
  const heads = chain.filter(({ location }) => !named.has(location));
  return heads.length > 0 ? heads : [newest(chain) ?? []].flat(); // only edited manifests name each other
}

/** Identifies which documents are listed, regardless of how the options are written. */
function documentsKey(from: unknown, match: unknown): string {
  return JSON.stringify([typeof from === 'string' ? from.replace(/\/$/, '') : null, [match ?? []].flat()]);
}

async function readBatches(
  storage: RecordsPort,
  folders: readonly string[],
  to: Place,
  signal: AbortSignal,
): Promise<{ ended: Found[]; unended: Unended[] }> {
  const ended: Found[] = [];
  const unended: Unended[] = [];
  await inParallel(AT_A_TIME, folders, signal, async (folder, signal) => {
    const location = manifestIn(folder, to);
    const records = recordsAt(storage, location, signal);
    const manifest = await records.manifest();
    if (manifest) {
      ended.push({ location, manifest });
      return;
    }
    const { batch, digest } = (await records.plan()) ?? {};
    if (batch && digest !== undefined) unended.push({ batch, digest }); // without a plan, no job is begun
  });
  // A fixed order, in case two ended at the same time.
  const order = <T>(found: T[], name: (one: T) => string) => found.sort((a, b) => (name(a) < name(b) ? -1 : 1));
  return { ended: order(ended, ({ location }) => location), unended: order(unended, ({ batch }) => batch.key) };
}

/** A manifest by its location; undefined if there is none. */
export function readManifest(
  storage: RecordsPort,
  location: string,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  return recordsAt(storage, location, signal).manifest();
}

function recordsAt(storage: RecordsPort, location: string, signal: AbortSignal): BatchRecords {
  return BatchRecords.beside(storage, location, 'unlessIn', signal);
}

function newest(found: readonly Found[]): Found | undefined {
  const isLater = (one: Found, other: Found) => endOf(one.manifest) > endOf(other.manifest);
  return found.reduce<Found | undefined>((last, one) => (last && !isLater(one, last) ? last : one), undefined);
}

function endOf({ endedAt }: Manifest): number {
  return Date.parse(endedAt);
}

/** Some manifests, those that they name, directly or through others, and all that name one of these. In the order of their locations. */
function related(some: readonly Found[], all: readonly Found[]): Found[] {
  const byLocation = new Map(all.map((found) => [found.location, found]));
  const pairs = all.flatMap((found) => namedManifests(found.manifest).map((location) => ({ location, found })));
  const naming = groupBy(pairs, ({ location }) => location);
  const chain = new Set(some);
  // Both loops also visit what they add.
  for (const { manifest } of chain)
    for (const location of namedManifests(manifest)) {
      const earlier = byLocation.get(location);
      if (earlier) chain.add(earlier);
    }
  for (const { location } of chain) for (const { found } of naming.get(location) ?? []) chain.add(found);
  return all.filter((found) => chain.has(found));
}

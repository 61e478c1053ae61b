import { BatchRecords, type RecordsPort } from '../../../activities/batch/records';
import { groupBy } from '../../common/group-by';
import { inParallel } from '../../common/in-parallel';
import { orAborted } from '../../common/or-aborted';
import type { KeyedBatchInput } from '../../common/inputs';
import { batchDigest } from '../../core/batch/join';
import type { Manifest } from '../../core/batch/manifest';
import { shownRef } from '../../core/reference';
import { Storage } from '../../storage/storage';
import { CliError, reasonText } from '../support/errors';
import type { BatchCommand } from './arguments';
import { isFakeKey } from './key';
import type { Place } from './places';
import { manifestIn, recordFolders } from './record-folders';
import { openStorage } from './storage';

/** Which earlier batches to look for. */
export interface Earlier {
  from: Place;
  to: Place;
  match: readonly string[];
  isFake: boolean;
}

type BatchUnless = (manifest: string) => KeyedBatchInput;

interface Found {
  location: string;
  manifest: Manifest;
}

/** How many manifests are read at a time. */
const AT_A_TIME = 16;

/**
 * The command, with the latest manifest in place of the word `latest`.
 * @throws CliError if the latest manifest cannot be looked for
 */
export async function withLatest(command: BatchCommand, signal: AbortSignal): Promise<BatchCommand> {
  const { latest, from, to, account } = command;
  if (!latest) return command;
  try {
    const earlier = { from, to, match: latest.match, isFake: !account };
    const batch = await orAborted(signal, openAndFind(earlier, latest.unlessIn, signal));
    return batch === undefined ? command : { ...command, batch };
  } catch (error) {
    if (signal.aborted || error instanceof CliError) throw error;
    throw new CliError(`The latest manifest can't be looked for: ${reasonText(error)}`, 2, { cause: error });
  }
}

async function openAndFind(
  earlier: Earlier,
  unlessIn: BatchUnless,
  signal: AbortSignal,
): Promise<KeyedBatchInput | undefined> {
  const { from, to } = earlier;
  const storage = new Storage(await openStorage(from, to));
  try {
    const folders = await recordFolders(to, signal);
    return await nextBatch(storage, await latestManifests(storage, folders, earlier, signal), unlessIn, signal);
  } finally {
    await storage.close();
  }
}

/**
 * The batch that continues from the first of these manifests. But if a batch planned from one of the other manifests has not ended, that batch is
 * returned, because its jobs may be paid for. A retry of the documents that are not ok in a manifest does not end the batches planned from that
 * manifest.
 */
export async function nextBatch(
  storage: RecordsPort,
  manifests: readonly string[],
  unlessIn: BatchUnless,
  signal: AbortSignal,
): Promise<KeyedBatchInput | undefined> {
  const [next, ...others] = manifests.map(unlessIn);
  for (const batch of others) {
    const records = BatchRecords.of(storage, { to: batch.outputs.to, key: batch.key }, signal);
    const plan = await records.plan();
    if (plan?.digest === batchDigest(batch) && !(await records.manifest())) return batch;
  }
  return next;
}

/**
 * Locations of manifests, the newest of the same documents, `--match` and `--to` first; empty if there are none. A batch that processed again the
 * documents that are not ok in such a manifest counts as well: its manifest is newer, and names the earlier one. Manifests of a fake API are not used
 * for the real API. The newest is followed by the manifest that it is a retry of, and so on.
 */
export async function latestManifests(
  storage: RecordsPort,
  folders: readonly string[],
  { from, to, match, isFake }: Earlier,
  signal: AbortSignal,
): Promise<string[]> {
  const asked = documentsKey(shownRef(from.url), match);
  const all = (await readManifests(storage, folders, to, signal)).filter(
    ({ manifest }) => isFake || !isFakeKey(manifest.key),
  );
  const isAsked = ({ manifest: { options } }: Found) => documentsKey(options['from'], options['match']) === asked;
  const latest = newest(all.filter(isAsked));
  return latest ? withRetried(newest(withNaming(latest, all)), all) : [];
}

/** Location of a manifest, then of the manifest that it is a retry of, and so on. */
function withRetried(one: Found | undefined, all: readonly Found[]): string[] {
  const byLocation = new Map(all.map((found) => [found.location, found]));
  const found = new Set<string>();
  for (let next = one; next && !found.has(next.location); next = byLocation.get(next.manifest.retryFailed ?? ''))
    found.add(next.location);
  return [...found];
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
    const manifest = await BatchRecords.beside(storage, location, 'unlessIn', signal).manifest();
    if (manifest) found.push({ location, manifest }); // a batch that has not ended has no manifest
  });
  return found.sort((one, other) => (one.location < other.location ? -1 : 1)); // a fixed order, in case two ended at the same time
}

function newest(found: Iterable<Found>): Found | undefined {
  const end = ({ manifest }: Found) => Date.parse(manifest.endedAt);
  return [...found].reduce<Found | undefined>((last, one) => (last && end(last) >= end(one) ? last : one), undefined);
}

/** A manifest, and all that name it, directly or through others, in the way `unlessIn` reads manifests. */
function withNaming(named: Found, all: readonly Found[]): Set<Found> {
  const pairs = all.flatMap((one) =>
    [one.manifest.unlessIn, one.manifest.retryFailed].flatMap((location) =>
      location === null ? [] : { location, one },
    ),
  );
  const naming = groupBy(pairs, ({ location }) => location);
  const found = new Set([named]);
  for (const { location } of found) for (const { one } of naming.get(location) ?? []) found.add(one); // the loop also visits those that it adds
  return found;
}

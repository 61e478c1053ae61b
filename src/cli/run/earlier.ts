import { inParallel } from '../../common/in-parallel';
import { orAborted } from '../../common/or-aborted';
import { type Manifest, namedManifests } from '../../core/batch/manifest';
import { Storage } from '../../storage/storage';
import { CliError, reasonText } from '../support/errors';
import { shownLocation } from '../view/render-batch';
import type { BatchCommand } from './arguments';
import { isFakeKey } from './key';
import { AT_A_TIME, earlierBatches, nextBatch, readManifest } from './latest';
import { recordFolders } from './record-folders';
import { openStorage } from './storage';

/**
 * The command, with the latest manifest in place of the word `latest`.
 * @throws CliError if the earlier manifests cannot be read, or if a batch of the real API would build on a manifest of a fake API
 */
export async function withEarlier(command: BatchCommand, signal: AbortSignal): Promise<BatchCommand> {
  const { from, to, account, latest } = command;
  if (!latest && !(account && namedManifests(command.batch).length > 0)) return command;
  const perform = async () => {
    const storage = new Storage(await openStorage(from, to));
    try {
      return await (latest ? findLatest(storage, command, signal) : checkNamed(storage, command, signal));
    } finally {
      await storage.close();
    }
  };
  try {
    return await orAborted(signal, perform());
  } catch (error) {
    if (signal.aborted || error instanceof CliError) throw error;
    const reason = reasonText(error);
    const message = latest
      ? `The latest manifest can't be looked for: ${reason}`
      : `The earlier manifest can't be read: ${reason}`;
    throw new CliError(message, 2, { cause: error });
  }
}

async function findLatest(storage: Storage, command: BatchCommand, signal: AbortSignal): Promise<BatchCommand> {
  const { from, to, account, latest } = command;
  if (!latest) return command;
  const folders = await recordFolders(to, signal);
  const { match, unlessIn } = latest;
  const earlier = await earlierBatches(storage, folders, { from, to, match, isFake: !account }, signal);
  const batch = nextBatch(earlier, unlessIn);
  if (account) await refuseFakes(batch, (location) => Promise.resolve(earlier.byLocation.get(location)), signal);
  return { ...command, batch };
}

async function checkNamed(storage: Storage, command: BatchCommand, signal: AbortSignal): Promise<BatchCommand> {
  await refuseFakes(command.batch, (location, signal) => readManifest(storage, location, signal), signal);
  return command;
}

/**
 * A fake API's manifest lists documents as ok that the real API never saw. So no batch of the real API may build on it.
 * @param batch Names manifests, which may name others in turn
 * @throws CliError if one of them belongs to a fake API
 */
export async function refuseFakes(
  batch: Parameters<typeof namedManifests>[0],
  read: (location: string, signal: AbortSignal) => Promise<Manifest | undefined>,
  signal: AbortSignal,
): Promise<void> {
  const chain = new Set<string>();
  for (let next = namedManifests(batch); next.length > 0;) {
    for (const location of next) chain.add(location);
    const named: string[] = [];
    await inParallel(AT_A_TIME, next, signal, async (location, signal) => {
      const manifest = await read(location, signal);
      if (!manifest) return; // the worker refuses the batch if it needs this manifest
      if (isFakeKey(manifest.key)) throw madeByFake(location);
      named.push(...namedManifests(manifest));
    });
    next = [...new Set(named)].filter((location) => !chain.has(location));
  }
}

function madeByFake(location: string): CliError {
  return new CliError(
    `The batch would build on ${shownLocation(location)}, which --fake made: its documents were never sent to your account. Name a manifest that does not build on it, or none.`,
    2,
  );
}

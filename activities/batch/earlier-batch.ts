import { invalidInput } from '../../src/core/errors';
import { type Manifest, type ManifestRequest, toLocations } from '../../src/core/batch/manifest';
import type { BatchPlan } from '../../src/core/batch/plan';
import { shownRef } from '../../src/core/reference';
import { BatchRecords, type RecordsPort } from './records';

/** An earlier batch, which an option names by the location of its manifest. */
export interface EarlierBatch {
  records: BatchRecords;
  manifest: Manifest;
  /** undefined if it is gone. */
  plan: BatchPlan | undefined;
}

/** @throws UnstructuredValidationError if the location is not that of a manifest, or no manifest exists there */
export async function readEarlierBatch(
  storage: RecordsPort,
  location: string,
  option: 'retryFailed' | 'unlessIn',
  signal: AbortSignal,
): Promise<EarlierBatch> {
  const records = BatchRecords.beside(storage, location, option, signal);
  const [manifest, plan] = await Promise.all([records.manifest(), records.plan()]);
  if (manifest) return { records, manifest, plan };
  throw invalidInput(`Option ${option} names ${shownRef(location)}, but there is no manifest.`);
}

/** The fields of a manifest that name the earlier manifests. */
export function earlierFields({
  unlessIn,
  retryFailed,
}: Pick<ManifestRequest, 'unlessIn' | 'retryFailed'>): Pick<Manifest, 'unlessIn' | 'alsoUnlessIn' | 'retryFailed'> {
  const [first = null, ...others] = toLocations(unlessIn);
  return { unlessIn: first, alsoUnlessIn: others, retryFailed: retryFailed ?? null };
}

import type { CollectItem, CollectRequest } from '../../src/core/run/collect';
import { outputPaths } from '../../src/core/run/output-names';
import { isNamedBy } from '../../src/core/run/output-template';
import { outputName, sourceHash } from '../../src/storage/output-name';

/** Where an output goes. */
export interface OutputPlace {
  /** Path below the target: folders and a name, separated by slashes. */
  path: string;
  /** Whether no other source can have this path, so that an existing file is this output. */
  isUnique: boolean;
}

/** The places of outputs, in the order of the items. All are distinct, and known before anything is fetched. */
export function outputPlaces({ jobId, name }: CollectRequest, items: readonly CollectItem[]): OutputPlace[] {
  const outputs = items.map((item) => ({ ...item, jobId, sourceHash: sourceHash({ ...item, jobId }) }));
  const byTemplate = outputs.filter((output) => isNamedBy(name, output));
  const paths = name === undefined ? [] : outputPaths(byTemplate, name);
  const named = new Map(byTemplate.map((output, index) => [output, paths[index]]));
  return outputs.map((output) => {
    const path = named.get(output) ?? outputName(output);
    return { path, isUnique: path.includes(output.sourceHash) };
  });
}

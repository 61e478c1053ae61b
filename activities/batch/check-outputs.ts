import { posix } from 'node:path';
import { invalidInput } from '../../src/core/errors';
import type { PlanRequest } from '../../src/core/batch/plan';
import type { PlannedDocument } from '../../src/core/batch/records';
import { shownRef } from '../../src/core/reference';
import { expectedPaths } from '../../src/core/run/expected-outputs';
import { FINAL_NODE, holds } from '../../src/core/run/output-template';
import { show } from '../../src/core/values';
import type { Storage } from '../../src/storage/storage';

/** What the storage knows about the names of outputs. */
type OutputNamesPort = Pick<Storage, 'canStore' | 'firstReplaced' | 'listsOutputs'>;

/** Whether the target can hold the names of a document's outputs. */
export function canStoreOutputs(
  storage: Pick<OutputNamesPort, 'canStore'>,
  { to, name }: Pick<PlanRequest, 'to' | 'name'>,
  document: PlannedDocument,
): boolean {
  const [longest = ''] = expectedPaths(document, name);
  return storage.canStore(to, longest);
}

/**
 * Returns a function that decides whether a document is left out because its output cannot be stored. Outputs that the next listing would list as
 * documents, and that would be paid for, are refused.
 */
export async function outputCheck(
  storage: OutputNamesPort,
  request: PlanRequest,
): Promise<(document: PlannedDocument) => Promise<'badName' | undefined>> {
  const { documents, name, to } = request;
  const folder = documents && 'from' in documents ? documents : undefined;
  const isListed = folder && (await storage.listsOutputs(folder.from, to, folder.match));
  const shareFolder = !holds(posix.dirname(name ?? ''), 'fileId', 'node', 'hash');
  return async (document) => {
    for (const output of isListed ? expectedPaths(document, name) : []) {
      const wouldList = await isListed?.(output);
      if (wouldList)
        throw invalidInput(
          `The output ${show(output)} of ${shownRef(document.ref)} would be listed as a document of documents.from. Write outputs elsewhere, or exclude them by documents.match.`,
        );
      if (wouldList === undefined && shareFolder) break;
    }
    return canStoreOutputs(storage, request, document) ? undefined : 'badName';
  };
}

/**
 * Refuses outputs that would replace one of the documents.
 * @param outputs Path of the final output of each document, below the target
 * @throws UnstructuredValidationError
 */
export async function refuseReplaced(
  storage: Pick<OutputNamesPort, 'firstReplaced'>,
  documents: readonly PlannedDocument[],
  outputs: readonly string[],
  { template, to }: { template: string; to: string },
): Promise<void> {
  const refs = new Map(documents.flatMap(({ ref }) => withFinalNode(ref, template).map((one) => [one, ref])));
  const replaced = await storage.firstReplaced([...refs.keys()], to, outputs);
  if (replaced !== undefined)
    throw invalidInput(
      `An output would replace the document ${shownRef(refs.get(replaced) ?? replaced)}. Set another outputs.to, or another outputs.name.`,
    );
}

const NODE_ID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi;

/** A reference, and that of the final output if it may be that of the output of a node. */
function withFinalNode(ref: string, template: string): string[] {
  const nodeIds = holds(template, 'node') ? [...ref.matchAll(NODE_ID)] : [];
  return [ref, ...nodeIds.map(({ 0: id, index }) => ref.slice(0, index) + FINAL_NODE + ref.slice(index + id.length))];
}

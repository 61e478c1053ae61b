import { encodedBytes } from '../encoded-size';
import type { NodeFile } from '../job';

/** Input files that passed through the same nodes. Every pair of an input file and a node stands for one output node file. */
export interface FileGroup {
  fileIds: string[];
  /** In node order. */
  nodeIds: string[];
}

/** Maximum size of the groups in a memo or a failure, in bytes of JSON. If visibility is stored in MySQL, a memo is limited to 64 KiB. */
export const MAX_GROUPS_BYTES = 48 * 1_024;

/**
 * Groups a list of output node files without repetitions. undefined if the list is empty or does not fit, because a part would be taken for the
 * whole.
 */
export function groupFiles(files: readonly NodeFile[]): FileGroup[] | undefined {
  const nodesByFile = new Map<string, string[]>();
  for (const { fileId, nodeId } of files) nodesByFile.set(fileId, [...(nodesByFile.get(fileId) ?? []), nodeId]);
  const groups = new Map<string, FileGroup>();
  for (const [fileId, nodeIds] of nodesByFile) {
    const key = JSON.stringify(nodeIds);
    const group = groups.get(key) ?? { fileIds: [], nodeIds };
    group.fileIds.push(fileId);
    groups.set(key, group);
  }
  const list = [...groups.values()];
  return list.length > 0 && encodedBytes(list) <= MAX_GROUPS_BYTES ? list : undefined;
}

/** The output node files of groups, each file's nodes in order. */
export function filesOfGroups(groups: readonly FileGroup[]): NodeFile[] {
  return groups.flatMap(({ fileIds, nodeIds }) =>
    fileIds.flatMap((fileId) => nodeIds.map((nodeId): NodeFile => ({ nodeId, fileId }))),
  );
}

/** The output node files of a list in either form. */
export function ungrouped(list: readonly NodeFile[] | readonly FileGroup[]): NodeFile[] {
  return list.every(isGroup) ? filesOfGroups(list) : (list as NodeFile[]);
}

export function isGroup(value: unknown): value is FileGroup {
  const { fileIds, nodeIds } = (value ?? {}) as Partial<Record<keyof FileGroup, unknown>>;
  return [fileIds, nodeIds].every((ids) => Array.isArray(ids) && ids.every((id) => typeof id === 'string'));
}

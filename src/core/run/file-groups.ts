import { encodedBytes } from '../encoded-size';
import type { NodeFile } from '../job';

/** Input files that went through the same nodes. Every pair of an input file and a node stands for one output node file. */
export interface FileGroup {
  fileIds: string[];
  /** In node order. */
  nodeIds: string[];
}

/** What a memo and a failure may hold of them, in bytes of JSON: where visibility is kept in MySQL, a memo is 64 KiB at most. */
export const MAX_GROUPS_BYTES = 48 * 1_024;

/** A list of output node files without its repetitions; undefined where it is empty or does not fit, since a part would be taken for the whole. */
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

/** The output node files of either form. */
export function ungrouped(list: readonly NodeFile[] | readonly FileGroup[]): NodeFile[] {
  return list.every(isGroup) ? filesOfGroups(list) : (list as NodeFile[]);
}

export function isGroup(value: unknown): value is FileGroup {
  const { fileIds, nodeIds } = (value ?? {}) as Partial<Record<keyof FileGroup, unknown>>;
  return [fileIds, nodeIds].every((ids) => Array.isArray(ids) && ids.every((id) => typeof id === 'string'));
}

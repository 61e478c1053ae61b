import { createHash } from 'node:crypto';
import type { OutputSource } from '../core/output';

/** Longest readable part of a name. */
const MAX_STEM = 80;

/**
 * File name of an output: what of the file id is safe everywhere, then a hash of job, file and node. The same source always has the same
 * name and no two sources share one, so what is there under it is of that source.
 */
export function outputName({ jobId, fileId, nodeId }: OutputSource): string {
  const stem = fileId.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^[._]+/, '');
  const hash = createHash('sha256')
    .update(JSON.stringify([jobId.toLowerCase(), fileId, nodeId]))
    .digest('hex');
  return `${Array.from(stem).slice(0, MAX_STEM).join('') || 'output'}-${hash.slice(0, 16)}.json`;
}

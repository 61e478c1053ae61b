import { createHash } from 'node:crypto';
import { firstBytes } from '../core/encoded-size';
import type { OutputSource } from '../core/output';

/** Longest readable part of a name, in bytes. File systems allow 255 for the whole name. */
const MAX_STEM = 120;

/**
 * File name of an output: the characters of the file id that are safe everywhere, then a hash of job, file and node. The same source always has the
 * same name, and no two sources share one. A file with this name is therefore an output of this source.
 */
export function outputName(source: OutputSource): string {
  const stem = source.fileId.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^[._]+/, '');
  return `${firstBytes(stem, MAX_STEM) || 'output'}-${sourceHash(source)}.json`;
}

/** 16 hex digits that distinguish an output from every other. */
export function sourceHash({ jobId, fileId, nodeId }: OutputSource): string {
  const source = JSON.stringify([jobId.toLowerCase(), fileId, nodeId]);
  return createHash('sha256').update(source).digest('hex').slice(0, 16);
}

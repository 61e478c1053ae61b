import { hashText } from '../digest';
import type { DocumentInput } from '../document';
import { defaultName } from '../reference';
import { keptName, safeName, splitName } from '../start/upload-names';
import { outputPath } from './output-names';
import { documentPath, holds } from './output-template';

/** The names that outputs have without a template. */
const DEFAULT_TEMPLATE = '{fileId}-{hash}.json';

/** Different hashes, one for each first digit. */
const SOME_HASHES = Array.from({ length: 16 }, (_, digit) => digit.toString(16) + hashText(`${digit}`).slice(1));

/**
 * Paths that outputs of a document may have below the target. The hash, the node and the file id are unknown before the document has a job, so the
 * paths contain different examples of them. The first path is the longest.
 */
export function* expectedPaths(document: DocumentInput, template: string = DEFAULT_TEMPLATE): Generator<string> {
  const { ref, name = defaultName(ref) } = document;
  const path = documentPath(document);
  const [stem, extension] = splitName(keptName(safeName(name)));
  for (const [index, sourceHash] of SOME_HASHES.entries()) {
    const token = index % 2 === 0 ? `${sourceHash.slice(0, 12)}-0-` : '';
    const fileId = `${token}${stem}-${sourceHash.slice(-8)}${extension}`;
    const nodeId = index === 1 ? null : nodeIdFrom(sourceHash);
    yield outputPath(template, { path, fileId, nodeId, sourceHash });
    if (!holds(template, 'fileId', 'node', 'hash')) return;
  }
}

/** Node ids are uuids. */
function nodeIdFrom(hash: string): string {
  return (hash + hash).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

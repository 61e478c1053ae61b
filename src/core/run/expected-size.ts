import { encodedBytes } from '../encoded-size';
import type { SavedOutput } from '../output';
import { itemsOf, type CollectRequest } from './collect';

/** Of the hash and the extension in an output's name. */
const NAME_SUFFIX = 24;
/** As long as a character is in a URL that is no ASCII. */
const ESCAPED = '%00%00%00';

/** Size of the answer to a request as JSON, estimated before anything is fetched. Sinks that name places at great length make it longer. */
export function expectedBytes(request: Pick<CollectRequest, 'jobId' | 'to' | 'files' | 'which'>): number {
  const { jobId, to } = request;
  const sizes = itemsOf(request).map(({ fileId, nodeId }) => {
    const location = `${to}/${fileId.replaceAll(/[^ -~]/g, ESCAPED)}${' '.repeat(NAME_SUFFIX)}`;
    const output: SavedOutput = {
      jobId,
      fileId,
      nodeId,
      location,
      bytes: Number.MAX_SAFE_INTEGER,
      sha256: ' '.repeat(64),
      contentType: 'application/json',
    };
    return encodedBytes(output) + ','.length;
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

import { encodedBytes } from '../encoded-size';
import { duration, readOption, type ToMs } from '../option-rules';
import type { LostOutput, OutputSelection, SavedOutput } from '../output';
import { given } from '../values';
import { fill, FINAL_NODE, isNamedBy, type Placeholder } from './output-template';

/** Input of the activity that fetches a job's outputs. */
export interface CollectRequest {
  account?: string | undefined;
  jobId: string;
  files: CollectFile[];
  which: OutputSelection;
  /** Folder or prefix to save under: a URL of a scheme for which the worker has a sink. */
  to: string;
  /**
   * Template of the outputs' names, as `outputs.name` of a run. Used for the files that have all its placeholders.
   * @default the file id and a hash
   */
  name?: string | undefined;
  /** Number of outputs that are fetched at a time. @default 8 */
  parallel?: number | undefined;
  /**
   * How to handle outputs that cannot be fetched completely after retries: `'return'` them in the answer, or `'fail'` with UnstructuredTransferError
   * once all others are saved. With either value, the call fails if the API or the target refuses a key, or if the API takes no calls. It also fails
   * if no output was saved because of the target or an outage.
   * @default 'fail'
   */
  onLost?: 'return' | 'fail' | undefined;
  /**
   * How long the API may refuse its key, or the storage may refuse the worker's credential, in milliseconds since the first refusal in a row.
   * @default 3_600_000
   */
  credentialBudgetMs?: number | undefined;
  /** Whether to signal the number of saved outputs to the workflow. */
  report?: boolean | undefined;
  /** Heartbeat details of an earlier attempt that no worker continued. Only for the workflow itself. */
  memory?: unknown;
}

/** An input file and the nodes that have an output for it, in node order. */
export interface CollectFile {
  fileId: string;
  /** Empty if the API listed none. Then only the final output can be fetched. */
  nodeIds: string[];
  /** Path of the file's document below the folder that was listed, such as `2026/11/a.pdf`. Needed for `{path}`, `{stem}` and `{ext}`. */
  path?: string | undefined;
  /** Distinguishes the file's document in names that would otherwise be equal; letters and digits. @default the hash of job, file and node */
  hash?: string | undefined;
}

export interface CollectAnswer {
  /** In the order of the requested files and of their nodes. */
  saved: SavedOutput[];
  lost: LostOutput[];
}

/** One output to fetch. */
export interface CollectItem extends Omit<CollectFile, 'nodeIds'> {
  /** null for the final output, as the API selects it. */
  nodeId: string | null;
  /** The node to request if the API does not know the final output itself; null if no node is known. */
  lastNodeId: string | null;
}

/** The outputs that a request asks for, in order. */
export function listItems({ files, which }: Pick<CollectRequest, 'files' | 'which'>): CollectItem[] {
  return files.flatMap(({ nodeIds, ...file }): CollectItem[] => {
    const lastNodeId = nodeIds.at(-1) ?? null;
    const chosen = which === 'all' && nodeIds.length > 0 ? nodeIds : [null];
    return chosen.map((nodeId) => ({ ...given(file), nodeId, lastNodeId }));
  });
}

/** Longest pause between two attempts to collect, in milliseconds. If no attempt comes for longer, no worker is there. */
export const LONGEST_RETRY_PAUSE_MS = 60_000;

/** Options of a run that belong neither to its start nor to its wait. `D` is a Temporal `Duration`. */
export interface CollectOptionsInput<D = number | string> {
  /**
   * Longest time for fetching the outputs. When it passes, the call fails with UnstructuredTransferError, whatever `onLost` says.
   * @default '24 hours'
   */
  collectLimit?: D | undefined;
}

/** The only place of these defaults. Durations are in milliseconds. */
export const DEFAULT_COLLECT_OPTIONS = Object.freeze({ collectLimit: 24 * 3_600_000 });
const COLLECT_LIMIT = duration(1_000);

/**
 * The limit in milliseconds; `undefined` and `null` count as not given.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function readCollectLimit(value: unknown, toMs: ToMs): number {
  if (value === undefined || value === null) return DEFAULT_COLLECT_OPTIONS.collectLimit;
  return readOption('collectLimit', COLLECT_LIMIT, value, { toMs });
}

/** Length of the hash and the extension in an output's name. */
const NAME_SUFFIX = 24;

/** Length of one character in a URL: of a character outside ASCII, and of an ASCII character. */
const [ESCAPED, ESCAPED_ASCII] = ['%00%00%00', '%00'];

/** Size of the answer to a request as JSON, estimated before anything is fetched. Sinks with very long locations make the answer longer. */
export function expectedBytes(request: Pick<CollectRequest, 'jobId' | 'to' | 'name' | 'files' | 'which'>): number {
  const { jobId, to, name } = request;
  const sizes = listItems(request).map((item) => {
    const { fileId, nodeId } = item;
    const longest = isNamedBy(name, item) ? longestName(name, item) : fileId.replaceAll(/[^ -~]/g, ESCAPED);
    const location = `${to}/${longest}${' '.repeat(NAME_SUFFIX)}`;
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

/** A text as long as the longest name that a template can make for an output. */
function longestName(template: string, { fileId, nodeId, path = '' }: CollectItem): string {
  const values: Record<Placeholder, string> = {
    path,
    stem: path,
    ext: path,
    fileId,
    node: nodeId ?? FINAL_NODE,
    hash: ' '.repeat(NAME_SUFFIX),
  };
  return fill(template, (name) => values[name])
    .replaceAll(/[ -~]/g, (char) => (/[\w-]/.test(char) ? char : ESCAPED_ASCII))
    .replaceAll(/[^ -~]/g, ESCAPED);
}

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
  /** Template of the outputs' names, for the files that have what it needs, as `outputs.name` of a run. @default the file id and a hash */
  name?: string | undefined;
  /** How many outputs are fetched at a time. @default 8 */
  parallel?: number | undefined;
  /**
   * What becomes of outputs that can't be fetched whole after retries: listed in the answer, or UnstructuredTransferError once all
   * others are saved. @default 'fail'
   */
  onLost?: 'return' | 'fail' | undefined;
  /**
   * How long the API may refuse its key, or the place to save under the worker's credential, in milliseconds, since an output was saved last.
   * @default 3_600_000
   */
  credentialBudgetMs?: number | undefined;
  /** Whether to signal the workflow how many outputs are saved. */
  report?: boolean | undefined;
  /** What the heartbeats of an attempt told, after which no worker took another. Only for the workflow itself. */
  memory?: unknown;
}

/** An input file and the nodes that have an output of it, in node order. */
export interface CollectFile {
  fileId: string;
  /** Empty where the API listed none: then only the final output can be fetched. */
  nodeIds: string[];
  /** Where its document is below the folder that was listed, such as `2026/11/a.pdf`: what `{path}`, `{stem}` and `{ext}` need. */
  path?: string | undefined;
  /** Tells its document from others, in names that would be the same; letters and digits. @default that of job, file and node */
  hash?: string | undefined;
}

export interface CollectAnswer {
  /** In the order of the files asked for, and of their nodes. */
  saved: SavedOutput[];
  lost: LostOutput[];
}

/** One output to fetch. */
export interface CollectItem extends Omit<CollectFile, 'nodeIds'> {
  /** null: the final output, as the API picks it. */
  nodeId: string | null;
  /** The node to ask for where the API knows no final output by itself; null where no node is known. */
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

/** As long as Temporal pauses between two attempts to collect, in milliseconds. What goes beyond it, no worker was there for. */
export const LONGEST_RETRY_PAUSE_MS = 60_000;

/** Options of a run that are neither a start's nor a wait's. `D` is a Temporal `Duration`. */
export interface RunOptionsInput<D = number | string> {
  /** Longest time for fetching the outputs; then it ends as UnstructuredTransferError, whatever `onLost` says. @default '24 hours' */
  collectLimit?: D | undefined;
}

/** The one place of their defaults. Durations in milliseconds. */
export const DEFAULT_RUN_OPTIONS = Object.freeze({ collectLimit: 24 * 3_600_000 });
const COLLECT_LIMIT = duration(1_000);

/**
 * The limit in milliseconds; `undefined` and `null` count as not given.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function readCollectLimit(value: unknown, toMs: ToMs): number {
  if (value === undefined || value === null) return DEFAULT_RUN_OPTIONS.collectLimit;
  return readOption('collectLimit', COLLECT_LIMIT, value, { toMs });
}

/** Of the hash and the extension in an output's name. */
const NAME_SUFFIX = 24;

/** As long as a character is in a URL that is no ASCII, and one that is. */
const [ESCAPED, ESCAPED_ASCII] = ['%00%00%00', '%00'];

/** Size of the answer to a request as JSON, estimated before anything is fetched. Sinks that name places at great length make it longer. */
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

/** As long as a name can be that a template makes of an output. */
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
    .replaceAll(/[ -~]/g, (sign) => (/[\w-]/.test(sign) ? sign : ESCAPED_ASCII))
    .replaceAll(/[^ -~]/g, ESCAPED);
}

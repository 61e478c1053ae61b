import { durationToMs } from '../../common/duration';
import type { KeyedBatchInput } from '../../common/inputs';
import { checkBatchKey } from '../../core/batch/check-input';
import { resolveBatchInput } from '../../core/batch/input';
import { UnstructuredApiError } from '../../core/errors';
import { isJobId } from '../../core/job';
import { UsageError } from '../support/errors';
import { byOption, type Environment, FLAG, parse, parseText } from '../support/options';
import { type NamedAccount, readAccount } from '../support/named-account';
import { defaultKey, parseKey } from './key';
import { isBelow, parseManifest, parsePlace, type Place } from './places';

/** What the arguments of `run` ask for. */
export interface BatchCommand {
  /** The batch. With `latest`, it is the one for the case that there is no earlier manifest. */
  batch: KeyedBatchInput;
  /** For `--unless-in latest`: makes the batch that leaves out documents that are ok in the latest manifests. */
  latest?: { match: readonly string[]; unlessIn: (manifests: readonly string[]) => KeyedBatchInput };
  from: Place;
  to: Place;
  /** Account of the API; undefined for a fake API. */
  account?: NamedAccount;
  json: boolean;
  verbose: boolean;
}

const TEXT = { type: 'string' } as const;
const YES = { type: 'boolean' } as const;
/** The options of `run`. */
export const RUN_OPTIONS = {
  help: FLAG.help,
  from: TEXT,
  to: TEXT,
  template: TEXT,
  workflow: TEXT,
  match: { type: 'string', multiple: true },
  key: TEXT,
  name: TEXT,
  parallel: TEXT,
  tolerated: TEXT,
  'retry-failed': TEXT,
  'unless-in': { type: 'string', multiple: true },
  fake: YES,
  json: YES,
  verbose: YES,
} as const;

/** Stands for the latest manifest in place of a location. */
const LATEST = 'latest';

/** Puts each output into the same folder as its document, under the same name. */
const DEFAULT_NAME = '{path}/{stem}.json';

/**
 * Reads the arguments of `run`.
 * @returns undefined if help is requested
 * @throws UsageError
 */
export function parseRun(
  args: readonly string[],
  env: Environment,
  cwd = process.cwd(),
): { name: 'run'; options: BatchCommand } | undefined {
  const values = parse(args, RUN_OPTIONS);
  if (values.help) return undefined;
  const from = parsePlace('--from', values.from, cwd);
  const to = parsePlace('--to', values.to, cwd);
  const start = parseStart(values.template, values.workflow);
  const retried = values['retry-failed'];
  const retryFailed = retried === undefined ? undefined : parseManifest('--retry-failed', retried, { to, cwd });
  const earlier = values['unless-in'] ?? [];
  const isLatest = earlier.includes(LATEST);
  if (isLatest && earlier.length > 1)
    throw new UsageError('--unless-in latest and another --unless-in exclude each other.');
  const unlessIn = isLatest ? [] : earlier.map((location) => parseManifest('--unless-in', location, { to, cwd }));
  const match = (values.match ?? []).flatMap((glob) => parseText('--match', glob) ?? []);
  if (retryFailed !== undefined && match.length > 0)
    throw new UsageError('--match and --retry-failed exclude each other: the earlier manifest names the documents.');
  if (retryFailed !== undefined && earlier.length > 0)
    throw new UsageError(
      '--unless-in and --retry-failed exclude each other: the earlier manifest names the documents.',
    );
  if (retryFailed === undefined && match.length === 0 && isBelow(to.url, from))
    throw new UsageError(
      "--to is inside --from, so outputs would be listed as documents: choose the documents by --match, such as '**/*.pdf'.",
    );
  const isFake = values.fake ?? false;
  const account = isFake ? undefined : parseAccount(env);
  const key = parseKey(values.key, isFake);
  if (isLatest && key !== undefined)
    throw new UsageError(
      '--key and --unless-in latest exclude each other: each manifest that is found makes another batch, which needs another key.',
    );
  const batchUnless = (manifests: readonly string[]): KeyedBatchInput => {
    const different = [...new Set(manifests)].sort(); // their order does not make another batch
    const unlessIn = different.length > 1 ? different : different[0];
    return {
      key: key ?? defaultKey({ from, to, match, start, retryFailed, unlessIn, isFake }),
      start,
      ...(retryFailed === undefined && { documents: { from: from.url, ...(match.length > 0 && { match }) } }),
      outputs: { to: to.url, name: parseText('--name', values.name) ?? DEFAULT_NAME },
      parallel: parseNumber('--parallel', values.parallel),
      tolerated: parseNumber('--tolerated', values.tolerated),
      retryFailed,
      unlessIn,
      ...(isFake && { minimumGap: '1 second' }),
    };
  };
  const batch = batchUnless(unlessIn);
  checkBatch(batch);
  const latest = isLatest && { latest: { match, unlessIn: batchUnless } };
  return {
    name: 'run',
    options: { batch, ...latest, from, to, account, json: values.json ?? false, verbose: values.verbose ?? false },
  };
}

function parseStart(templateId: string | undefined, workflowId: string | undefined): KeyedBatchInput['start'] {
  if (templateId !== undefined && workflowId !== undefined)
    throw new UsageError('--template and --workflow exclude each other.');
  if (templateId) return { templateId };
  if (workflowId && isJobId(workflowId)) return { workflowId };
  if (workflowId) throw new UsageError(`--workflow must be the uuid of a workflow; got '${workflowId.slice(0, 80)}'.`);
  throw new UsageError('--template or --workflow is missing: what to run, such as --template hi_res_partition.');
}

function parseNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = value.trim() === '' ? NaN : Number(value);
  if (Number.isFinite(number)) return number;
  throw new UsageError(`${option} must be a number; got '${value}'.`);
}

function parseAccount(env: Environment): NamedAccount {
  const account = readAccount(env);
  if (account) return account;
  throw new UsageError(
    'UNSTRUCTURED_API_KEY is not set. Set it to the API key of your account, or use --fake to try the command without one.',
  );
}

/** Checks the input as the workflow would, and reports errors in the terms of the command line. */
function checkBatch({ key, ...input }: KeyedBatchInput): void {
  try {
    checkBatchKey(key);
    resolveBatchInput(input, durationToMs);
  } catch (error) {
    if (!(error instanceof UnstructuredApiError)) throw error;
    throw new UsageError(byOption(error.message));
  }
}

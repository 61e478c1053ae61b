import { parseArgs } from 'node:util';
import { toLocations } from '../../core/batch/manifest';
import { shownLocation } from '../view/render-batch';
import { type BatchCommand, RUN_OPTIONS } from './arguments';
import type { EndedBatch } from './end';

/** What to run after a batch has ended, a paragraph for each case. The command that pays for nothing comes first. */
export function adviceOn(
  { counts, location, isOld, unsettledJobs }: Pick<EndedBatch, 'counts' | 'location' | 'isOld' | 'unsettledJobs'>,
  { latest, batch: { retryFailed, unlessIn } }: Pick<BatchCommand, 'latest' | 'batch'>,
  args: readonly string[],
): string[] {
  const manifest = shownLocation(location);
  const same = latest ? resumeCommand(args, toLocations(unlessIn)) : sameCommand(args);
  const isUnsettled = unsettledJobs > 0;
  const paying = isUnsettled ? ' that pays for the unsettled documents again' : '';
  return [
    ...(isOld ? ['This batch had ended before.'] : []),
    ...(isUnsettled ? [`To take up the unsettled jobs, without paying again:\n${same}`] : []),
    ...(isOld && retryFailed === undefined
      ? [`To process new and changed documents, as a new batch:\n${newCommand(args)}`]
      : []),
    ...(counts.ok < counts.documents
      ? [`To process again what is not ok, as a new batch${paying}:\n${retryCommand(args, manifest)}`]
      : []),
  ];
}

/** The program as it was called, ready to be pasted into a shell. */
export function sameCommand(args: readonly string[]): string {
  return ['npx temporal-unstructured', ...args.map(quoted)].join(' ');
}

/**
 * The command that resumes a batch that has ended and was run with `--unless-in latest`. Its own manifest is now the latest, so the command names the
 * manifests that the batch was planned from instead.
 */
function resumeCommand(args: readonly string[], unlessIn: readonly string[]): string {
  const added = unlessIn.flatMap((location) => ['--unless-in', shownLocation(location)]);
  return changedCommand(args, { without: ['unless-in'], added });
}

/** The command that processes again the documents that are not ok in a manifest. */
export function retryCommand(args: readonly string[], manifest: string): string {
  const without = ['match', 'unless-in', 'retry-failed'];
  return changedCommand(args, { without, added: ['--retry-failed', manifest], suffix: '-retry' });
}

/** The command that processes documents that no earlier batch has processed. A later one than this may have run. */
export function newCommand(args: readonly string[]): string {
  return changedCommand(args, { without: ['retry-failed', 'unless-in', 'key'], added: ['--unless-in', 'latest'] });
}

interface Change {
  /** Options that are removed. */
  without: readonly string[];
  /** Arguments that are added. */
  added: readonly string[];
  /** Suffix for a key that was given, because another batch needs another key. */
  suffix?: string;
}

function changedCommand([name = '', ...args]: readonly string[], { without, added, suffix = '' }: Change): string {
  const { tokens } = parseArgs({ args, options: RUN_OPTIONS, tokens: true });
  const kept = tokens.flatMap((token) => {
    if (token.kind !== 'option' || without.includes(token.name)) return [];
    const { rawName, value } = token;
    if (value === undefined) return [rawName];
    const text = token.name === 'key' ? value + suffix : value;
    return token.inlineValue ? [`${rawName}=${text}`] : [rawName, text];
  });
  return sameCommand([name, ...kept, ...added]);
}

/** A word, quoted for a shell if necessary. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

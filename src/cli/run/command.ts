import { Cleanup } from '../support/cleanup';
import { CliError, reasonText } from '../support/errors';
import { Interrupted } from '../support/interruption';
import { renderBatch } from '../view/render-batch';
import { Screen } from '../view/screen';
import { wrap } from '../view/text';
import { adviceOn, sameCommand } from './advice';
import type { BatchCommand } from './arguments';
import { performBatch } from './batch';
import { CancelledBatchError, type EndedBatch, NotOverError } from './end';
import { withEarlier } from './earlier';
import { type Place, shownPlace } from './places';
import { type BatchReport, printReport } from './report';

/**
 * Runs a batch and reports its outcome on standard output. With `--json`, standard output holds only the JSON report. Everything that was started is
 * stopped.
 * @param args The program's arguments
 * @returns the exit code
 * @throws CliError, or the signal's reason
 */
export async function runBatchCommand(
  asked: BatchCommand,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const { json, verbose } = asked;
  let command = asked;
  let key = asked.latest ? null : asked.batch.key;
  const screen = await Screen.open(!verbose, json ? process.stderr : process.stdout);
  screen.note('Starting Temporal and bundling the workflows …');
  const cleanup = new Cleanup();
  try {
    command = await withEarlier(asked, signal);
    key = command.batch.key;
    const ended = await performBatch({ command, screen, signal, cleanup });
    const exitCode = exitCodeOf(ended);
    screen.settle();
    tell(ended, { command, args }, screen);
    if (json) print({ ...command, key }, screen, { outcome: ended.outcome, exitCode, ...toReport(ended) });
    return exitCode;
  } catch (error) {
    screen.settle();
    if (signal.aborted) screen.print(`\n${interrupted(command, args)}`);
    if (json) print({ ...command, key }, screen, failed(error));
    throw error;
  } finally {
    await cleanup.run();
  }
}

/** 0 only if every document is ok, and none was left out whose outcome is unknown. */
export function exitCodeOf({ counts, leftOut }: Pick<EndedBatch, 'counts' | 'leftOut'>): number {
  return counts.ok === counts.documents && !leftOut['unsettled'] ? 0 : 1;
}

function tell(
  ended: EndedBatch,
  { command, args }: { command: BatchCommand; args: readonly string[] },
  screen: Screen,
): void {
  const { batch, to, account } = command;
  const { width, paint, elapsed } = screen;
  const { counts, location, message } = ended;
  const finished = { ...ended, title: `Batch ${batch.key}`, elapsed, outputs: shownPlace(to), manifest: location };
  screen.print(`\n${renderBatch(finished, width, paint)}`);
  if (!account && counts.ok > 0)
    screen.print('\nThe outputs are invented: a fake API made them, whatever the documents contain.');
  if (message !== undefined) screen.print(`\n${paint.bad(wrap(message, width))}`);
  if (counts.documents === 0) screen.print(`\nThere are no documents to process.${globHint(batch)}`);
  for (const advice of adviceOn(ended, command, args)) screen.print(`\n${advice}`);
}

/** A backslash in a glob makes the next character plain. So a Windows path matches nothing. */
export function globHint({ documents }: Pick<BatchCommand['batch'], 'documents'>): string {
  const globs = documents && 'match' in documents ? [documents.match ?? []].flat() : [];
  return globs.some((glob) => glob.includes('\\')) ? ' In --match, write / between folders, not \\.' : '';
}

/** What to do after Ctrl-C. */
function interrupted({ account }: BatchCommand, args: readonly string[]): string {
  const what = account
    ? 'The jobs of the batch continue. To resume:'
    : 'The fake API ends with its jobs. To start them again:';
  return `Stopping … ${what}\n${sameCommand(args)}`;
}

function toReport({ counts, leftOut, unsettledJobs, location, message }: EndedBatch): Partial<BatchReport> {
  return { counts, leftOut, unsettledJobs, manifest: location, message: message ?? null };
}

/** What `--json` reports for a batch that did not run to its end. */
export function failed(error: unknown): Pick<BatchReport, 'outcome' | 'exitCode' | 'message'> {
  if (error instanceof Interrupted) return { outcome: 'interrupted', exitCode: error.exitCode, message: null };
  const exitCode = error instanceof CliError ? error.exitCode : 1;
  return { outcome: toOutcome(error, exitCode), exitCode, message: reasonText(error) };
}

function toOutcome(error: unknown, exitCode: number): BatchReport['outcome'] {
  if (exitCode === 2) return 'setUp';
  if (error instanceof NotOverError) return 'notOver';
  return error instanceof CancelledBatchError ? 'cancelled' : 'failed';
}

function print(
  { key, to }: { key: string | null; to: Place },
  screen: Screen,
  report: Pick<BatchReport, 'outcome' | 'exitCode'> & Partial<BatchReport>,
): void {
  printReport({ key, ...report, to: to.url, seconds: Math.round(screen.elapsed / 100) / 10 });
}

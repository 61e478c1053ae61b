import type { BatchCounts, BatchOutcome, Manifest } from '../../core/batch/manifest';

/** What `--json` prints. */
export interface BatchReport {
  /** null if the arguments are wrong, or if the key depends on the latest manifest, and that manifest could not be determined. */
  key: string | null;
  /**
   * `completed` or `stopped`: as in the manifest. `cancelled`: another program cancelled the batch, and nothing more is known. `failed`: the batch
   * ended without reporting on its documents. `notOver`: the batch continues, but the program could not follow it. `setUp`: nothing was started.
   * `interrupted`: the program was stopped, but the batch was not.
   */
  outcome: BatchOutcome | 'failed' | 'notOver' | 'setUp' | 'interrupted';
  exitCode: number;
  /** Why the batch did not run to its end. */
  message: string | null;
  counts: BatchCounts | null;
  leftOut: Manifest['leftOut'] | null;
  unsettledJobs: number | null;
  /** Location of the manifest. */
  manifest: string | null;
  /** Location of the outputs; null if the arguments are wrong. */
  to: string | null;
  seconds: number;
}

const NOTHING = { message: null, counts: null, leftOut: null, unsettledJobs: null, manifest: null };

/** Prints the report on standard output, as one line. */
export function printReport({
  key,
  outcome,
  exitCode,
  to,
  seconds,
  ...more
}: Pick<BatchReport, 'key' | 'outcome' | 'exitCode' | 'to' | 'seconds'> & Partial<BatchReport>): void {
  const report: BatchReport = { key, outcome, exitCode, ...NOTHING, ...more, to, seconds };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

import type { AwaitJobResult } from '../src/core/wait/report';
import { jobInput, type AwaitJobOptions, type JobToAwait } from '../src/common/inputs';
import { runWait } from './wait/wait-loop';
import { createWait } from './wait/wait';

/**
 * Waits for a job inside the calling workflow: no workflow of its own, no signal, no query, no continue-as-new. Two of them work side by
 * side. For waits of hours, not of weeks: each check adds 11 events to the caller's history, or a watch some 50 a day.
 *
 * @throws like `awaitJobCompletion`
 */
export async function awaitJob(job: JobToAwait, options: AwaitJobOptions = {}): Promise<AwaitJobResult> {
  const wait = createWait({ ...options, ...jobInput(job) });
  return runWait(wait, { pause: (begin) => begin() });
}

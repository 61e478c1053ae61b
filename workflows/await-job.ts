import type { AwaitJobResult } from '../src/core/wait/report';
import { jobInput, type AwaitJobOptions, type JobToAwait } from '../src/common/inputs';
import { runWait } from './wait/wait-loop';
import { createWait } from './wait/wait';

/**
 * Waits for a job inside the calling workflow, without a child workflow, signal, query or continue-as-new. Several inline waits can run at
 * the same time. Use it for waits of hours, not weeks: each check adds 11 events to the caller's history, or a watch about 50 a day.
 *
 * @throws like `awaitJobCompletion`
 */
export async function awaitJob(job: JobToAwait, options: AwaitJobOptions = {}): Promise<AwaitJobResult> {
  const wait = createWait({ ...options, ...jobInput(job) });
  return runWait(wait, { pause: (begin) => begin() });
}

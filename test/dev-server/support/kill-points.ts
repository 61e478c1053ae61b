import type { Client } from '@temporalio/client';

/** Whether workers are killed after each event in turn. */
export const SWEEP = process.env['KILL_AT'] === 'all';

/**
 * The numbers of events after which a worker is killed: those of `KILL_AT`, with commas between them; `all` is each.
 * @param most More than the history has
 * @param sample What is killed at by default
 */
export function killPoints(most: number, sample: readonly number[]): readonly number[] {
  if (SWEEP) return Array.from({ length: most }, (_, index) => index + 1);
  return process.env['KILL_AT']?.split(',').map(Number) ?? sample;
}

/** Resolves once the history has so many events, or the workflow has ended. */
export async function untilEvent(
  { workflowService, options }: Client,
  workflowId: string,
  count: number,
): Promise<void> {
  for (let nextPageToken: Uint8Array | undefined; ;) {
    const answer = await workflowService.getWorkflowExecutionHistory({
      namespace: options.namespace,
      execution: { workflowId },
      waitNewEvent: true,
      nextPageToken,
    });
    nextPageToken = answer.nextPageToken;
    if (Number(answer.history?.events?.at(-1)?.eventId ?? 0) >= count || nextPageToken.length === 0) return;
  }
}

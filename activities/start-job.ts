import { activityInfo } from '@temporalio/activity';
import { CREATE_JOB, RUN_WORKFLOW } from '../src/core/names';
import type { SeenBefore, StartAnswer, StartRequest } from '../src/core/start/request';
import type { Storage } from '../src/storage/storage';
import { createStartHeartbeats, type StartHeartbeats } from './start/heartbeats';
import { createStartCancellation } from './start/cancellation';
import { checkTarget } from './start/check-target';
import { closeAll, countdown, LONGEST_OPEN_MS } from './start/documents';
import { startFailure } from './start/failure';
import { sendStart, type StartAttempt, type StartJobPort } from './start/send';
import { type CallContext, type ClientOf, performActivity } from './support/perform-activity';
import { startProgressReport } from './support/progress-report';
import type { OperationActivities } from './types';

type StartStorage = Pick<Storage, 'openDocument' | 'describe' | 'checkTarget'>;

/**
 * The activities that start a job. Before anything is sent, every document is found and checked, and its first bytes are read. A failure before the
 * first byte is sent, or by a document that breaks off later, says so. Such a start may be sent again, as after a 409, 425 or 429. No other failure
 * of this package is retried, whatever the caller's retry policy says. The policy decides about Temporal's own time-outs. A cancellation ends the
 * start before the first byte; after that, only if Temporal no longer waits for the answer.
 */
export function createStartJob(
  clientOf: ClientOf<StartJobPort>,
  storage: StartStorage,
): Pick<OperationActivities, typeof CREATE_JOB | typeof RUN_WORKFLOW> {
  const start = async (request: StartRequest) => {
    const seen: SeenBefore = { earlierJobIds: null };
    const heartbeats = createStartHeartbeats(seen);
    try {
      const attempt = (context: CallContext) => attemptStart(clientOf, storage, request, context, { seen, heartbeats });
      return await performActivity(attempt, { beat: heartbeats.beat });
    } catch (error) {
      throw startFailure(error, seen, request.benign);
    }
  };
  return { [CREATE_JOB]: start, [RUN_WORKFLOW]: start };
}

async function attemptStart(
  clientOf: ClientOf<StartJobPort>,
  storage: StartStorage,
  request: StartRequest,
  { signal: cancellation, timeoutMs }: CallContext,
  told: { seen: SeenBefore; heartbeats: StartHeartbeats },
): Promise<StartAnswer> {
  const resetRunId = runBeforeReset(request);
  if (resetRunId !== undefined) return { started: false, resetRunId };
  const { account, documents, report = false, outputsTo, refused = [] } = request;
  const leftMs = countdown(timeoutMs);
  const progress = startProgressReport({ phase: 'upload', total: documents.length, report, memory: () => told.seen });
  const read = new Set<number>();
  const noteRead = (index: number) => {
    if (!read.has(index)) progress.step();
    read.add(index);
  };
  const client = clientOf(account);
  const attempt: StartAttempt = {
    ...told,
    storage,
    client,
    request,
    leftMs,
    noteRead,
    opened: [],
    refused: [...refused],
  };
  try {
    if (outputsTo !== undefined) {
      const { signal } = createStartCancellation(cancellation);
      await checkTarget(storage, outputsTo, { signal, limitMs: Math.min(LONGEST_OPEN_MS, leftMs() / 2) });
    }
    return await sendStart(attempt, cancellation);
  } finally {
    await closeAll(attempt.opened, [progress.end()], leftMs());
  }
}

/** The id of this run, if its workflow was reset and nothing has looked yet for a job that an earlier run may have started. */
function runBeforeReset({ originalRunId, searchedRunId }: StartRequest): string | undefined {
  const runId = activityInfo().workflowExecution?.runId;
  return originalRunId === undefined || runId === originalRunId || runId === searchedRunId ? undefined : runId;
}

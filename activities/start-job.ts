import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { UnstructuredClient } from '../src/api/client';
import type { RefusedDocument } from '../src/core/refusal';
import { UnstructuredApiError } from '../src/core/errors';
import type { Job } from '../src/core/job';
import { CREATE_JOB, RUN_WORKFLOW } from '../src/core/names';
import type { SeenBefore, StartAnswer, StartRequest } from '../src/core/start/request';
import type { OpenDocument } from '../src/storage/source';
import type { Storage } from '../src/storage/storage';
import { type Announcement, createAnnouncement } from './start/announce';
import { createStartCancellation, type StartCancellation } from './start/cancellation';
import { checkTarget } from './start/check-target';
import { canReadAny, closeAll, countdown, LONGEST_OPEN_MS, toUploadFile } from './start/documents';
import { startFailure } from './start/failure';
import { jobsBefore } from './start/jobs-before';
import { openDocuments } from './start/open-documents';
import { brokenOff } from './start/unreadable';
import { type CallContext, type ClientOf, performActivity } from './support/perform-activity';
import { jobAtStart } from './support/job-at-start';
import { startReport } from './support/progress-report';
import type { OperationActivities } from './types';

/** How long closing the documents may hold the answer, in milliseconds; less where the attempt is nearly over. */
const CLOSING_MS = { shortest: 500, longest: 5_000 };

type StartStorage = Pick<Storage, 'openDocument' | 'describe' | 'checkTarget'>;

export type StartJobPort = Pick<UnstructuredClient, 'createJob' | 'runWorkflow' | 'listJobs'>;

/**
 * The activities that start a job. Every document is found and judged, and its first bytes are there, before anything is sent. What fails before
 * the first byte, or by a document that breaks off later, says so: such a start may be sent again, as after a 429; no other failure of ours is
 * retried, whatever the caller's policy says; what Temporal makes of its own time-outs is the policy's. A cancellation ends it before the
 * first byte, and not after.
 */
export function createStartJob(
  clientOf: ClientOf<StartJobPort>,
  storage: StartStorage,
): Pick<OperationActivities, typeof CREATE_JOB | typeof RUN_WORKFLOW> {
  const start = async (request: StartRequest) => {
    const seen: SeenBefore = { others: null };
    const announcement = createAnnouncement(seen);
    try {
      const send = (context: CallContext) => sendStart(clientOf, storage, request, context, { seen, announcement });
      return await performActivity(send, { beat: announcement.beat });
    } catch (error) {
      throw startFailure(error, seen);
    }
  };
  return { [CREATE_JOB]: start, [RUN_WORKFLOW]: start };
}

/** What the sends of one attempt share. */
interface Sending {
  storage: StartStorage;
  client: StartJobPort;
  leftMs: () => number;
  seen: SeenBefore;
  announcement: Announcement;
  /** Told of each document that was read to its end. */
  noteRead: (index: number) => void;
  /** Documents to close. */
  opened: OpenDocument[];
  /** Documents that earlier sends gave up, and those that turned out to be refused only while they were sent. */
  late: RefusedDocument[];
}

/** A send that breaks off by a document that is refused began no job: where such documents may be skipped, the next one goes without it. */
async function sendStart(
  clientOf: ClientOf<StartJobPort>,
  storage: StartStorage,
  request: StartRequest,
  { signal: cancellation, timeoutMs }: CallContext,
  told: { seen: SeenBefore; announcement: Announcement },
): Promise<StartAnswer> {
  const resetRunId = runBeforeReset(request);
  if (resetRunId !== undefined) return { started: false, resetRunId };
  const { account, documents, report = false, outputsTo, onRefused } = request;
  const leftMs = countdown(timeoutMs);
  const { shortest, longest } = CLOSING_MS;
  const progress = startReport({ phase: 'upload', total: documents.length, report, memory: () => told.seen });
  const read = new Set<number>();
  const noteRead = (index: number) => {
    if (!read.has(index)) progress.step();
    read.add(index);
  };
  const late = [...(request.refused ?? [])];
  const sending: Sending = { ...told, storage, client: clientOf(account), leftMs, noteRead, opened: [], late };
  try {
    if (outputsTo !== undefined) {
      const { signal } = createStartCancellation(cancellation);
      await checkTarget(storage, outputsTo, { signal, limitMs: Math.min(LONGEST_OPEN_MS, leftMs() / 2) });
    }
    for (;;) {
      const known = sending.late.length;
      try {
        return await sendOnce(sending, request, createStartCancellation(cancellation));
      } catch (error) {
        const isLeftOut = onRefused === 'skip' && sending.late.length > known && isRefusal(error);
        if (!isLeftOut) throw error;
        await closeAll(sending.opened.splice(0), [], longest);
      }
    }
  } finally {
    await closeAll(sending.opened, [progress.end()], Math.min(longest, Math.max(shortest, leftMs())));
  }
}
async function sendOnce(
  { storage, client, leftMs, seen, announcement, noteRead, opened, late }: Sending,
  request: StartRequest,
  { signal, onSending }: StartCancellation,
): Promise<StartAnswer> {
  const { start: jobToStart, documents, maxDocumentBytes, othersSince } = request;
  const broke = (broken: RefusedDocument[]) => {
    if (broken.length > 0) seen.broken = broken;
  };
  const { found, refused } = await openDocuments(storage, request, { signal, leftMs }, opened, { known: late, broke });
  const whole = new Set<number>();
  const breaking: RefusedDocument[] = [];
  const refusals = {
    refused,
    total: documents.length,
    noted: (one: RefusedDocument) => void late.push(one),
    broke: (one: RefusedDocument) => void breaking.push(one),
  };
  const uploads = documents.flatMap((document, index) => {
    const there = found[index];
    if (!there) return [];
    const { ref } = document;
    const { name: called, shown } = storage.describe(ref);
    const toError = (error: unknown) => brokenOff(error, { index, ref, shown }, refusals);
    const done = () => {
      whole.add(index);
      noteRead(index);
    };
    return [toUploadFile(document, there, { called, maxBytes: maxDocumentBytes, done, toError })];
  });
  if (refused.length > 0) seen.skipped = refused;
  const sending = async () => {
    await announcement.announce({ signal, timeoutMs: leftMs() });
    signal.throwIfAborted();
    return { signal, timeoutMs: leftMs(), onSending };
  };
  try {
    if (!('workflowId' in jobToStart))
      return started(await client.createJob(jobToStart, uploads, await sending()), refused);
    const { workflowId } = jobToStart;
    if (othersSince !== undefined) {
      const context = { signal, timeoutMs: leftMs() / 2 };
      seen.others = await jobsBefore(client, workflowId, othersSince, context);
    }
    const answer = await client.runWorkflow(workflowId, uploads, await sending());
    return answer.started ? started(answer.job, refused) : answer;
  } catch (error) {
    const [first] = breaking;
    if (first && isIncomplete(error)) {
      // Documents are sent in order: where the first one breaks off, none of the others was tried.
      const others = found.slice(first.index + 1).filter((document) => document !== null);
      const limits = { ms: Math.min(LONGEST_OPEN_MS, leftMs()), signal };
      if (whole.size > 0 || (await canReadAny(others, limits))) broke([first]);
    }
    throw error;
  }
}

/** The run that asks, where its workflow was reset and nobody has looked yet for what a run before may have started. */
function runBeforeReset({ originalRunId, searchedRunId }: StartRequest): string | undefined {
  const runId = activityInfo().workflowExecution?.runId;
  return originalRunId === undefined || runId === originalRunId || runId === searchedRunId ? undefined : runId;
}

function isIncomplete(error: unknown): boolean {
  return error instanceof UnstructuredApiError && error.details.incomplete === true;
}

/** Whether the start failed by a document that is refused, and not by what the API answered. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'UnstructuredDocumentRefusedError';
}

function started(job: Job, skipped: RefusedDocument[]): StartAnswer {
  return { started: true, ...jobAtStart(job), ...(skipped.length > 0 && { skipped }) };
}

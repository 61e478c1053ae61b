import { ApplicationFailure } from '@temporalio/common';
import type { UnstructuredClient, UploadFile } from '../../src/api/client';
import { UnstructuredApiError } from '../../src/core/errors';
import type { Job } from '../../src/core/job';
import type { RefusedDocument } from '../../src/core/refusal';
import type { SeenBefore, StartAnswer, StartRequest } from '../../src/core/start/request';
import type { OpenDocument } from '../../src/storage/source';
import type { Storage } from '../../src/storage/storage';
import { jobAtStart } from '../support/job-at-start';
import type { StartHeartbeats } from './heartbeats';
import { canReach } from './can-reach';
import { createStartCancellation, type StartCancellation } from './cancellation';
import { canReadAny, closeAll, LONGEST_OPEN_MS, toUploadFile } from './documents';
import { jobsBefore } from './jobs-before';
import { openDocuments } from './open-documents';
import { errorOfBrokenOff } from './unreadable';

export type StartJobPort = Pick<UnstructuredClient, 'createJob' | 'runWorkflow' | 'listJobs'>;

/** Data that all sends of one attempt share. */
export interface StartAttempt {
  storage: Pick<Storage, 'openDocument' | 'describe'>;
  client: StartJobPort;
  request: StartRequest;
  leftMs: () => number;
  seen: SeenBefore;
  heartbeats: StartHeartbeats;
  /** Called for each document that was read to its end. */
  noteRead: (index: number) => void;
  /** Documents to close. */
  opened: OpenDocument[];
  /** Documents that earlier sends gave up, and those that were refused only while they were sent. */
  refused: RefusedDocument[];
}

/**
 * Sends the start. If a refused document breaks off a send, no job was started. If refused documents may be skipped, the next send leaves that
 * document out.
 */
export async function sendStart(attempt: StartAttempt, cancellation: AbortSignal): Promise<StartAnswer> {
  const { request, refused, opened, leftMs } = attempt;
  for (;;) {
    const known = refused.length;
    try {
      return await sendOnce(attempt, createStartCancellation(cancellation));
    } catch (error) {
      const isLeftOut = request.onRefused === 'skip' && refused.length > known && isRefusal(error);
      if (!isLeftOut) throw error;
      await closeAll(opened.splice(0), [], leftMs());
    }
  }
}

async function sendOnce(attempt: StartAttempt, cancellation: StartCancellation): Promise<StartAnswer> {
  const { storage, client, request, leftMs, seen, opened, noteRead } = attempt;
  const { signal } = cancellation;
  const noteBroken = (broken: RefusedDocument[]) => {
    if (broken.length > 0) seen.broken = broken;
  };
  const reachesApi = () => canReach(client, { signal, timeoutMs: Math.min(LONGEST_OPEN_MS, leftMs() / 2) });
  const noted = { known: attempt.refused, noteBroken, reachesApi };
  const { found, refused } = await openDocuments(storage, request, { signal, leftMs }, opened, noted);
  if (refused.length > 0) seen.skipped = refused;
  const whole = new Set<number>();
  const brokenOff: RefusedDocument[] = [];
  const told = {
    refused,
    noteWhole: (index: number) => {
      whole.add(index);
      noteRead(index);
    },
    noteBrokenOff: (document: RefusedDocument) => void brokenOff.push(document),
  };
  try {
    return await sendFiles(attempt, filesOf(attempt, found, told), refused, cancellation);
  } catch (error) {
    const [first] = brokenOff;
    if (first && isIncomplete(error)) {
      // Documents are sent in order. If the first one breaks off, none of the others was tried.
      const others = found.slice(first.index + 1).filter((document) => document !== null);
      const limits = { ms: Math.min(LONGEST_OPEN_MS, leftMs()), signal };
      if (whole.size > 0 || (await canReadAny(others, limits))) noteBroken([first]);
    }
    throw error;
  }
}

/** Receives what a send finds out about its documents. */
interface SendNotes {
  /** Documents that are left out. */
  refused: readonly RefusedDocument[];
  noteWhole: (index: number) => void;
  noteBrokenOff: (document: RefusedDocument) => void;
}

/** @param found The documents to send, by index; null for a document that is left out */
function filesOf(
  { storage, request, refused: givenUp }: StartAttempt,
  found: readonly (OpenDocument | null)[],
  { refused, noteWhole, noteBrokenOff }: SendNotes,
): UploadFile[] {
  const { documents, maxDocumentBytes: maxBytes } = request;
  const noteRefused = (document: RefusedDocument) => void givenUp.push(document);
  const context = { refused, total: documents.length, noteRefused, noteBrokenOff };
  return documents.flatMap((document, index) => {
    const opened = found[index];
    if (!opened) return [];
    const { ref } = document;
    const { name: called, shown } = storage.describe(ref);
    const toError = (error: unknown) => errorOfBrokenOff(error, { index, ref, shown }, context);
    return [toUploadFile(document, opened, { called, maxBytes, done: () => noteWhole(index), toError })];
  });
}

async function sendFiles(
  { client, request, leftMs, seen, heartbeats }: StartAttempt,
  files: readonly UploadFile[],
  skipped: RefusedDocument[],
  { signal, onSending }: StartCancellation,
): Promise<StartAnswer> {
  const { start, listJobsSince } = request;
  const announced = async () => {
    await heartbeats.announce({ signal, timeoutMs: leftMs() });
    signal.throwIfAborted();
    return { signal, timeoutMs: leftMs(), onSending };
  };
  if (!('workflowId' in start)) return started(await client.createJob(start, files, await announced()), skipped);
  const { workflowId } = start;
  if (listJobsSince !== undefined) {
    const context = { signal, timeoutMs: leftMs() / 2 };
    seen.earlierJobIds = await jobsBefore(client, workflowId, listJobsSince, context);
  }
  const answer = await client.runWorkflow(workflowId, files, await announced());
  return answer.started ? started(answer.job, skipped) : answer;
}

function started(job: Job, skipped: RefusedDocument[]): StartAnswer {
  return { started: true, ...jobAtStart(job), ...(skipped.length > 0 && { skipped }) };
}

/** Whether the start failed because of a refused document, and not because of the API's answer. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'UnstructuredDocumentRefusedError';
}

function isIncomplete(error: unknown): boolean {
  return error instanceof UnstructuredApiError && error.details.incomplete === true;
}

import { heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { UnstructuredClient, UploadFile } from '../src/api/client';
import { shownRef, withoutSecrets } from '../src/core/document';
import { messageOf } from '../src/core/error-shape';
import { createUnstructuredError, UnstructuredError } from '../src/core/errors';
import type { Job } from '../src/core/job';
import { CREATE_JOB, RUN_WORKFLOW } from '../src/core/names';
import type { StartAnswer } from '../src/core/start/answer';
import type { SeenBefore, StartRequest, UploadRequest } from '../src/core/start/request';
import { UnstructuredDocumentRefusedError } from '../src/core/storage-errors';
import { contentTypeOf } from '../src/storage/content-type';
import type { OpenDocument } from '../src/storage/source';
import type { Storage } from '../src/storage/storage';
import { call, type CallContext, type ClientOf } from './call';
import { checkTarget } from './check-target';
import { closeAll } from './close-all';
import { jobsBefore } from './jobs-before';
import { launchedJob } from './launched-job';
import type { OperationActivities } from './operations';
import { startReport } from './progress-report';
import { startFailure } from './start-failure';
import { countdown, within } from './time-bounds';
import { untilSent } from './until-sent';

/** How long one document may take to be found, or a target to be checked, in milliseconds. */
const LONGEST_OPEN_MS = 60_000;

/** How long closing the documents may hold the answer, in milliseconds; less where the attempt is nearly over. */
const CLOSING_MS = { shortest: 500, longest: 5_000 };

type StartStorage = Pick<Storage, 'openDocument' | 'checkTarget'>;

export type StartJobPort = Pick<UnstructuredClient, 'createJob' | 'runWorkflow' | 'listJobs'>;

/**
 * The activities that start a job. Every document is found and judged before anything is sent, then read as it goes out. What fails before
 * the first byte says so: such a start may be sent again, as after a 429; no other failure of ours is retried, whatever the caller's policy
 * says; what Temporal makes of its own time-outs is the policy's. A cancellation ends it before the first byte, and not after.
 */
export function createStartJob(
  clientOf: ClientOf<StartJobPort>,
  storage: StartStorage,
): Pick<OperationActivities, typeof CREATE_JOB | typeof RUN_WORKFLOW> {
  const start = async (request: StartRequest) => {
    const seen: SeenBefore = { others: null };
    try {
      const send = (context: CallContext) => sendStart(clientOf, storage, request, context, seen);
      return await call(send, { heartbeatDetails: () => seen });
    } catch (error) {
      throw startFailure(error, seen);
    }
  };
  return { [CREATE_JOB]: start, [RUN_WORKFLOW]: start };
}

async function sendStart(
  clientOf: ClientOf<StartJobPort>,
  storage: StartStorage,
  { account, target, documents, maxFileBytes, report = false, othersSince, outputsTo }: StartRequest,
  { signal: cancellation, timeoutMs }: CallContext,
  seen: SeenBefore,
): Promise<StartAnswer> {
  const { signal, onSending } = untilSent(cancellation);
  const leftMs = countdown(timeoutMs);
  const client = clientOf(account);
  const opened: OpenDocument[] = [];
  const progress = startReport({ phase: 'upload', total: documents.length, report });
  try {
    if (outputsTo !== undefined) {
      const limitMs = Math.min(LONGEST_OPEN_MS, leftMs() / 2);
      await checkTarget(storage, outputsTo, { signal, limitMs });
    }
    for (const { ref } of documents) opened.push(await open(storage, ref, maxFileBytes, signal, leftMs()));
    const uploads = documents.map((document, index) => {
      const found = opened[index];
      if (!found) throw new Error('every document was opened');
      return uploadOf(document, found, maxFileBytes, () => progress.step());
    });
    const options = () => ({ signal, timeoutMs: leftMs(), onSending });
    if (!('workflowId' in target)) return started(await client.createJob(target, uploads, options()));
    const { workflowId } = target;
    if (othersSince !== undefined) {
      const context = { signal, timeoutMs: leftMs() / 2 };
      seen.others = await jobsBefore(client, workflowId, othersSince, context);
      heartbeat(seen); // told even if nobody hears of this attempt again, where the heartbeat is still let through
    }
    const answer = await client.runWorkflow(workflowId, uploads, options());
    return answer.started ? started(answer.job) : answer;
  } finally {
    const { shortest, longest } = CLOSING_MS;
    await closeAll(opened, [progress.end()], Math.min(longest, Math.max(shortest, leftMs())));
  }
}

function started(job: Job): StartAnswer {
  return { started: true, ...launchedJob(job) };
}

/** A document that can't be had for now is no start that was sent. */
async function open(
  storage: Pick<Storage, 'openDocument'>,
  ref: string,
  maxBytes: number,
  signal: AbortSignal,
  leftMs: number,
): Promise<OpenDocument> {
  const limitMs = Math.min(LONGEST_OPEN_MS, leftMs);
  try {
    return await within(limitMs, signal, (signal) => storage.openDocument(ref, { maxBytes, signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UnstructuredDocumentRefusedError || error instanceof UnstructuredError) throw error;
    const message = `Document ${shownRef(ref)} could not be opened: ${reasonOf(error, ref)}`;
    throw createUnstructuredError(message, { kind: 'connection', notSent: true });
  }
}

function uploadOf(
  { ref, uploadName, contentType }: UploadRequest,
  document: OpenDocument,
  maxBytes: number,
  done: () => void,
): UploadFile {
  return {
    name: uploadName,
    contentType: contentType ?? contentTypeOf(uploadName) ?? document.contentType ?? 'application/octet-stream',
    bytes: document.bytes,
    async *stream() {
      let sent = 0;
      try {
        for await (const chunk of document.stream()) {
          sent += chunk.length;
          if (sent > maxBytes) throw new Error(`it has more than maxFileBytes (${maxBytes})`);
          yield chunk;
        }
      } catch (error) {
        throw broken(error, ref);
      }
      done();
    },
  };
}

/** Part of the request was sent by then: no failure that says the start was refused. */
function broken(error: unknown, ref: string): ApplicationFailure {
  const message = `Document ${shownRef(ref)} could not be read to its end: ${reasonOf(error, ref)}`;
  return ApplicationFailure.create({ type: 'DocumentReadError', message, nonRetryable: true });
}

function reasonOf(error: unknown, ref: string): string {
  return withoutSecrets(messageOf(error), ref);
}

import { ApplicationFailure } from '@temporalio/common';
import type { JobOutput, UnstructuredClient } from '../src/api/client';
import { UnstructuredNotFoundError } from '../src/core/errors';
import type { SavedOutput } from '../src/core/output';
import { transferFailure, type CollectItem } from '../src/core/run/collect';
import { UnstructuredStorageError } from '../src/core/storage-errors';
import { outputName } from '../src/storage/output-name';
import type { OutputSink } from '../src/storage/sink';

export type DownloadPort = Pick<UnstructuredClient, 'downloadJobOutput'>;

/** Outputs are JSON, whatever the answer calls it. */
const CONTENT_TYPE = 'application/json';

export interface Save {
  client: DownloadPort;
  sink: OutputSink;
  jobId: string;
  to: string;
  signal: AbortSignal;
}

/**
 * Saves one output whole. What is there already and whole is not fetched again.
 * @throws what the client throws, what the sink throws
 */
export async function saveOutput(save: Save, item: CollectItem): Promise<SavedOutput> {
  const { sink, jobId, to, signal } = save;
  const { fileId, nodeId } = item;
  const source = { jobId, fileId, nodeId };
  const target = { to, name: outputName(source), contentType: CONTENT_TYPE, source };
  const there = await sink.find(target, { signal });
  const stored = there ?? (await fetchTo(save, item, (body) => sink.store(target, body, { signal })));
  return { ...source, ...stored, contentType: CONTENT_TYPE };
}

async function fetchTo<T>(save: Save, item: CollectItem, store: (body: JobOutput['body']) => Promise<T>): Promise<T> {
  const { body } = await download(save, item);
  try {
    return await store(body);
  } finally {
    body.on('error', () => undefined).destroy();
  }
}

/** Some deployments answer 404 where no node is named. */
async function download(
  { client, jobId, signal }: Save,
  { fileId, nodeId, lastNodeId }: CollectItem,
): Promise<JobOutput> {
  if (nodeId !== null) return client.downloadJobOutput(jobId, fileId, { nodeId, signal });
  try {
    return await client.downloadJobOutput(jobId, fileId, { signal });
  } catch (error) {
    if (!(error instanceof UnstructuredNotFoundError) || lastNodeId === null) throw error;
    return client.downloadJobOutput(jobId, fileId, { nodeId: lastNodeId, signal });
  }
}

/** What a sink says against a place becomes a typed failure; any other error stays what it is. */
export function storageFailure(error: unknown, jobId: string): unknown {
  if (!(error instanceof UnstructuredStorageError)) return error;
  const { type, details } = transferFailure(jobId, { saved: [], lost: [] });
  return ApplicationFailure.create({
    type,
    message: error.message,
    details: [details],
    nonRetryable: !error.retryable,
  });
}

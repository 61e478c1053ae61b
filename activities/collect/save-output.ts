import type { JobOutput, UnstructuredClient } from '../../src/api/client';
import { UnstructuredNotFoundError } from '../../src/core/errors';
import type { SavedOutput } from '../../src/core/output';
import type { CollectItem } from '../../src/core/run/collect';
import { placeBelow } from '../../src/storage/output-place';
import type { OutputSink, OutputTarget, StoredOutput } from '../../src/storage/sink';
import { type StallTimer, withStallTimeout } from '../support/stall-timeout';
import { redactError } from '../support/storage-failure';

export type DownloadPort = Pick<UnstructuredClient, 'downloadJobOutput'>;

/** Outputs are JSON, whatever the answer calls it. */
const CONTENT_TYPE = 'application/json';

/** How long a sink may take to find an output, and how long it may pause while it stores one. In milliseconds. */
const SINK_LIMITS = { find: 600_000, stalled: 300_000 };

export interface Save {
  client: DownloadPort;
  sink: OutputSink;
  jobId: string;
  to: string;
  signal: AbortSignal;
}

/**
 * Saves one output completely.
 * @param path Below the target: folders and a name
 * @param mayBeThere Whether an existing file is this output. If so, it is not fetched again. If not, it is replaced
 * @throws what the client throws; what the sink throws, without the secrets that the target may hold
 */
export async function saveOutput(
  save: Save,
  item: CollectItem,
  path: string,
  mayBeThere: boolean,
): Promise<SavedOutput> {
  const { sink, jobId, to, signal } = save;
  const { fileId, nodeId } = item;
  const source = { jobId, fileId, nodeId };
  const target = { ...placeBelow(to, path), contentType: CONTENT_TYPE, source };
  const there = mayBeThere ? await find(sink, target, signal) : undefined;
  const stored = there ?? (await fetchTo(save, item, (body) => store(sink, target, body, signal)));
  return { ...source, ...stored, contentType: CONTENT_TYPE };
}

/** Asks for a saved output once more, and reads nothing of it. @throws what the client throws */
export async function askAgain(save: Save, item: CollectItem): Promise<void> {
  await fetchTo(save, item, () => Promise.resolve());
}

async function fetchTo<T>(save: Save, item: CollectItem, store: (body: JobOutput['body']) => Promise<T>): Promise<T> {
  const { body } = await download(save, item);
  try {
    return await store(body);
  } finally {
    body.on('error', () => undefined).destroy();
  }
}

async function find(sink: OutputSink, target: OutputTarget, signal: AbortSignal): Promise<StoredOutput | undefined> {
  const bound = { ms: SINK_LIMITS.find, what: 'The sink did not say whether the output is there', signal };
  try {
    return await withStallTimeout(bound, (signal) => sink.find(target, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    throw redactError(error, target.to);
  }
}

async function store(
  sink: OutputSink,
  target: OutputTarget,
  body: JobOutput['body'],
  signal: AbortSignal,
): Promise<StoredOutput> {
  const bound = { ms: SINK_LIMITS.stalled, what: 'The sink read nothing from the output', signal };
  try {
    return await withStallTimeout(bound, (signal, timer) => sink.store(target, timed(body, timer), { signal }));
  } catch (error) {
    signal.throwIfAborted();
    throw redactError(error, target.to);
  }
}

/** The time spent waiting for the body does not count, because the sender has its own time-out. */
async function* timed(body: AsyncIterable<Uint8Array>, { begin, pause }: StallTimer): AsyncGenerator<Uint8Array> {
  try {
    pause();
    for await (const chunk of body) {
      begin();
      yield chunk;
      pause();
    }
  } finally {
    begin();
  }
}

/** Some deployments answer 404 if no node is named. */
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

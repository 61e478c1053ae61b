import { UnstructuredPlugin } from '../../../src';
import type { DocumentSource } from '../../../src/storage/source';
import type { Setup } from './dev-server';
import type { RunningWorker } from './running-worker';

/** Starts a worker of this process that may read and write a folder, such as the one that comes in the place of a killed `WorkerProcess`. */
export function startStoringWorker(
  { api, startWorker, watch }: Setup,
  folder?: string,
  sources: Record<string, DocumentSource> = {},
): Promise<RunningWorker> {
  const { url: baseUrl, apiKey } = api;
  const folders = folder === undefined ? [] : [folder];
  const storage = { documents: { folders, sources }, outputs: { folders } };
  return startWorker({ identity: 'second', plugins: [new UnstructuredPlugin({ baseUrl, apiKey, watch, ...storage })] });
}

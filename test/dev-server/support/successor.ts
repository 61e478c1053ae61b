import type { DocumentSource } from '../../../src/storage/source';
import { UnstructuredPlugin } from '../../../src';
import type { Setup } from './dev-server';
import type { RunningWorker } from './running-worker';

/** What comes in the place of a worker that was killed: a worker of this process, which may use the same folder. */
export function startSuccessor(
  { api, startWorker, watch }: Setup,
  folder?: string,
  sources: Record<string, DocumentSource> = {},
): Promise<RunningWorker> {
  const { url: baseUrl, apiKey } = api;
  const folders = folder === undefined ? [] : [folder];
  const storage = { documents: { folders, sources }, outputs: { folders } };
  return startWorker({ identity: 'second', plugins: [new UnstructuredPlugin({ baseUrl, apiKey, watch, ...storage })] });
}

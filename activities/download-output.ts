import type { UnstructuredClient } from '../src/api/client';
import { UnstructuredNotFoundError } from '../src/core/errors';
import { DOWNLOAD_JOB_OUTPUT } from '../src/core/names';
import type { Storage } from '../src/storage/storage';
import { call, type ClientOf } from './support/call';
import type { DownloadInput, OperationActivities } from './types';
import { saveOutput, storageFailure } from './collect/save-output';

export type DownloadOutputPort = Pick<UnstructuredClient, 'downloadJobOutput' | 'getJob'>;

/** The activity that saves one output. */
export function createDownloadOutput(
  clientOf: ClientOf<DownloadOutputPort>,
  storage: Pick<Storage, 'sinkFor'>,
): Pick<OperationActivities, typeof DOWNLOAD_JOB_OUTPUT> {
  return {
    [DOWNLOAD_JOB_OUTPUT]: (input) =>
      call(async ({ signal }) => {
        const { account, jobId, fileId, nodeId = null, to } = input;
        const client = clientOf(account);
        try {
          const save = { client, sink: storage.sinkFor(to), jobId, to, signal };
          const item = { fileId, nodeId, lastNodeId: null };
          return await saveOutput(save, item).catch(async (error: unknown) => {
            if (!(error instanceof UnstructuredNotFoundError) || nodeId !== null) throw error;
            const lastNodeId = await lastNodeOf(client, input, signal);
            if (lastNodeId === null) throw error;
            return saveOutput(save, { ...item, lastNodeId });
          });
        } catch (error) {
          throw storageFailure(error, jobId);
        }
      }),
  };
}

/** What to ask for where the API knows no final output by itself. */
async function lastNodeOf(
  client: DownloadOutputPort,
  { jobId, fileId }: DownloadInput,
  signal: AbortSignal,
): Promise<string | null> {
  const { outputNodeFiles } = await client.getJob(jobId, { signal });
  return outputNodeFiles?.findLast((file) => file.fileId === fileId)?.nodeId ?? null;
}

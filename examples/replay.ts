import { readFile } from 'node:fs/promises';
import { Worker } from '@temporalio/worker';

/** Fails if the workflow code of today would do something else than the workflow has done. */
export async function replay(file: string): Promise<void> {
  const history: unknown = JSON.parse(await readFile(file, 'utf8'));
  await Worker.runReplayHistory({ workflowsPath: require.resolve('./workflows') }, history);
}

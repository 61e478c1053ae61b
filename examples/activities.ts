import { heartbeat, sleep } from '@temporalio/activity';
import { readStatus } from './outside-temporal';

/** Your own activities: what you do with the outputs, and whom you tell. */
export async function index(jobId: string, fileId: string): Promise<void> {
  console.log('index', jobId, fileId);
  return Promise.resolve();
}

export async function ingest(ref: string, location: string): Promise<void> {
  console.log('ingest', ref, location);
  return Promise.resolve();
}

export async function quarantine(jobId: string, reason: string): Promise<void> {
  console.log('quarantine', jobId, reason);
  return Promise.resolve();
}

export async function page(text: string): Promise<void> {
  console.log('page', text);
  return Promise.resolve();
}

/** A loop that `executeAwaitJob` replaces. It stays as long as a workflow is left that began with it. */
export async function pollUntilDone(jobId: string): Promise<string> {
  for (;;) {
    const status = await readStatus(jobId);
    if (status !== 'SCHEDULED' && status !== 'IN_PROGRESS') return status;
    heartbeat(status);
    await sleep('10 seconds');
  }
}

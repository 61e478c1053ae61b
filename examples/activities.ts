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

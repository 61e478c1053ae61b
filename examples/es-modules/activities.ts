/** Your own activity: what you do with an output. */
export async function index(jobId: string, fileId: string): Promise<void> {
  console.log('index', jobId, fileId);
  return Promise.resolve();
}

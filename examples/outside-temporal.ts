import { UnstructuredClient, UnstructuredNotFoundError } from 'temporal-unstructured';
import { readSecret } from './secrets';

export async function readStatus(jobId: string): Promise<string> {
  const baseUrl = process.env['UNSTRUCTURED_API_URL']; // where it is not the usual one
  await using client = new UnstructuredClient({ apiKey: () => readSecret('unstructured'), baseUrl });
  try {
    return (await client.getJob(jobId, { signal: AbortSignal.timeout(10_000) })).status;
  } catch (err) {
    if (err instanceof UnstructuredNotFoundError) return 'gone';
    throw err;
  }
}

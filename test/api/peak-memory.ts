/** Asks for a job, and tells the most memory that its process ever held, in bytes. */
import { UnstructuredClient } from '../../src/api/client';

async function main([baseUrl = '', apiKey = '', jobId = '']: string[]): Promise<void> {
  await using client = new UnstructuredClient({ baseUrl, apiKey, maxResponseBytes: 1_000_000 });
  const outcome = await client.getJob(jobId).then(
    () => 'answered',
    (error: unknown) => String(error),
  );
  process.stdout.write(JSON.stringify({ outcome, bytes: process.resourceUsage().maxRSS * 1_024 }));
}

void main(process.argv.slice(2));

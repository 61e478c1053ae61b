/** Reads a very large answer and stops for a while in its middle; tells how much memory the process took meanwhile. Alone in its process: all of it counts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UnstructuredClient } from '../../../src/api/client';
import { Storage } from '../../../src/storage/storage';

/** What came of it, in bytes. */
export interface Stopped {
  read: number;
  /** Above what the process took before it asked: resident, and outside of the heap. */
  resident: number;
  external: number;
}

const JOB_ID = '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d';
const [, , transfer = '', origin = '', small = ''] = process.argv;

async function main(): Promise<void> {
  await using client = new UnstructuredClient({ apiKey: 'key-of-the-test', baseUrl: origin });
  const storage = new Storage({ documents: { origins: [origin] } });
  const open = async (name: string): Promise<AsyncIterable<Uint8Array>> => {
    if (transfer === 'download') return (await client.downloadJobOutput(JOB_ID, name)).body;
    const signal = new AbortController().signal;
    return (await storage.openDocument(`${origin}/${name}`, { signal, maxBytes: Infinity })).stream();
  };
  // What is loaded and compiled for the first transfer is no part of the second.
  await readFrom(await open(small));
  global.gc?.();
  const idle = process.memoryUsage();
  const told = { read: 0, resident: 0, external: 0 } satisfies Stopped;
  told.read = await readFrom(await open('large.json'), async () => {
    for (let look = 0; look < 40; look++) {
      await sleep(25);
      const { rss, external } = process.memoryUsage();
      told.resident = Math.max(told.resident, rss - idle.rss);
      told.external = Math.max(told.external, external - idle.external);
    }
  });
  await storage.close();
  process.stdout.write(JSON.stringify(told));
}

/** @param stop What comes after the first piece */
async function readFrom(body: AsyncIterable<Uint8Array>, stop?: () => Promise<void>): Promise<number> {
  let bytes = 0;
  for await (const piece of body) {
    if (bytes === 0) await stop?.();
    bytes += piece.length;
  }
  return bytes;
}

void main();

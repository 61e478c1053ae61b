import { onTestFinished } from 'vitest';
import { UnstructuredClient, type UploadFile } from '../../src/api/client';
import { FakeUnstructured, type FakeUnstructuredOptions } from '../../src/testing';
import { ManualClock } from './fake/client';

export const TEMPLATE = { templateId: 'hi_res_partition' };

/** A fake on a clock of its own, and a client of it. */
export async function lifecycle(options: FakeUnstructuredOptions = {}) {
  const clock = new ManualClock();
  const api = await FakeUnstructured.start({ now: () => clock.at, ...options });
  const client = new UnstructuredClient({ baseUrl: api.url, apiKey: api.apiKey });
  onTestFinished(async () => {
    await client.close();
    await api.close();
  });
  return { api, client, clock };
}

export function textFile(name: string, text = `text of ${name}`): UploadFile {
  return {
    name,
    contentType: 'text/plain',
    bytes: Buffer.byteLength(text),
    // eslint-disable-next-line @typescript-eslint/require-await
    async *stream() {
      yield Buffer.from(text);
    },
  };
}

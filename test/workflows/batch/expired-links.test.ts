// A presigned link that expires before its upload is refused with what the storage answered, and takes no other document down.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { useBatches } from '../../support/batches';
import { RARELY } from '../../support/time-skipping';

const withBatches = useBatches();
const EXPIRED = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';

/** A storage whose links are good as long as their signature says so. @returns its origin */
async function storageOfLinks(): Promise<string> {
  const server = createServer((request, response) => {
    const isGood = request.url?.includes('X-Amz-Signature=good') === true;
    const [status, body] = isGood ? [200, 'text'] : [403, EXPIRED];
    response.writeHead(status, { 'content-length': body.length, 'x-amz-request-id': 'REQ17' }).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('its line tells status and code; fresh links run under a key of their own', async () => {
  const origin = await storageOfLinks();
  const link = (name: string, signature: string) => ({
    ref: `${origin}/${name}?X-Amz-Expires=60&X-Amz-Signature=${signature}`,
  });
  await withBatches(
    async ({ runBatch, records, to }) => {
      const input = { start: { templateId: 't' }, outputs: { to }, ...RARELY };
      const documents = [link('a.pdf', 'good'), link('b.pdf', 'expired'), link('c.pdf', 'good')];
      const first = await runBatch({ ...input, documents }, 'links');
      expect(first.counts).toMatchObject({ documents: 3, ok: 2, refused: 1, jobs: 1, failedJobs: 0 });
      const { parts } = await records('links');
      expect(parts.flat()).toMatchObject([
        { status: 'ok' },
        { ref: `${origin}/b.pdf`, status: 'refused', refusal: 'notReadable' },
        { status: 'ok' },
      ]);
      expect(parts.flat()[1]?.reason).toContain('[status 403, AccessDenied, request REQ17]');
      expect(JSON.stringify(parts)).not.toContain('X-Amz-Signature');

      const again = await runBatch({ ...input, retryFailed: first.manifest.location }, 'links-again');
      expect(again.counts).toMatchObject({ documents: 1, refused: 1 });
      const fresh = await runBatch({ ...input, documents: [link('b.pdf', 'good')] }, 'links-fresh');
      expect(fresh.counts).toMatchObject({ documents: 1, ok: 1 });
    },
    { plugin: { documents: { origins: [origin] } } },
  );
});

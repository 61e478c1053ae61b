// An error tells status and request id of the answer that failed, however far that answer came.
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { clientOf, errorOf, getJobError, JOB_ID, serve, wireJob } from './support';

const BEGIN = '{"id":';

/** Answers with a head that has an id, and then fails. */
function serveFailing(fail: (response: ServerResponse) => void, headers: Record<string, string | number> = {}) {
  return serve((_request, response) => {
    response.writeHead(200, { 'x-request-id': 'r-1', ...headers });
    fail(response);
  });
}

test.each<[string, (response: ServerResponse) => void, Record<string, number>, string | RegExp]>([
  ['is truncated', (r) => void r.write(BEGIN, () => r.socket?.end()), { 'content-length': 1_000 }, 'response'],
  [
    'is reset',
    (r) => void r.write(BEGIN, () => setTimeout(() => r.socket?.resetAndDestroy(), 50)),
    {},
    /response|connection/,
  ],
  ['stalls', (r) => void r.write(BEGIN), {}, 'timeout'],
  ['announces too much', (r) => void r.write(BEGIN), { 'content-length': 2_000_000 }, 'response'],
  ['is too much', (r) => void r.end(' '.repeat(1_500_000)), {}, 'response'],
])('a body that %s', async (_how, fail, headers, kind) => {
  const options = { timeouts: { body: 300, total: '1 minute' }, maxResponseBytes: 1_000_000 } as const;
  const { details, message } = await getJobError(await serveFailing(fail, headers), options);
  expect(details).toMatchObject({ kind: expect.stringMatching(kind) as unknown, status: 200, requestId: 'r-1' });
  expect(message).toMatch(/ \[request r-1\]$/);
});

test('a body that takes longer than the call may', async () => {
  const { details } = await getJobError(await serveFailing((response) => void response.write(BEGIN)), {
    timeouts: { body: '1 minute', total: 300 },
  });
  expect(details).toMatchObject({ kind: 'timeout', status: 200, requestId: 'r-1' });
});

test('a download that breaks off', async () => {
  const baseUrl = await serveFailing((r) => void r.write('[', () => r.socket?.end()), { 'content-length': 99 });
  const { body } = await clientOf(baseUrl).downloadJobOutput(JOB_ID, 'a.pdf');
  const { details } = await errorOf(buffer(body));
  expect(details).toMatchObject({ kind: 'response', status: 200, requestId: 'r-1' });
});

test('after a redirect, nothing of the first answer is told of the second', async () => {
  const redirectTo = (then: (response: ServerResponse) => void) =>
    serve((request, response) => {
      if (request.url === '/moved') then(response);
      else response.writeHead(307, { location: '/moved', 'x-request-id': 'r-1' }).end();
    });
  const cut = await getJobError(await redirectTo((response) => response.socket?.resetAndDestroy()));
  expect(cut.details).toMatchObject({ kind: 'connection' });
  expect(cut.details).not.toHaveProperty('status');
  expect(cut.details).not.toHaveProperty('requestId');
  const wrong = await getJobError(
    await redirectTo((response) => {
      response.writeHead(200, { 'x-request-id': 'r-2' }).end(JSON.stringify(wireJob({ status: '' })));
    }),
  );
  expect(wrong.details).toMatchObject({ kind: 'response', status: 200, requestId: 'r-2' });
});

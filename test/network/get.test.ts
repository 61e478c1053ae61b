// The time for the head of an answer holds, however many interim answers come before it.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Egress } from '../../src/network/egress';

const { signal } = new AbortController();

async function ask(listener: RequestListener, headersTimeout: number) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  const egress = new Egress({ connect: {} });
  onTestFinished(() => egress.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return egress.get({ origin, path: '/a.pdf', headersTimeout, bodyTimeout: 60_000 }, signal);
}

test('a server that sends nothing but interim answers is given up', async () => {
  const closed = vi.fn();
  const asking = ask((_request, response) => {
    const timer = setInterval(() => response.writeEarlyHints({ link: '</a.css>; rel=preload' }), 50);
    response.on('close', () => {
      clearInterval(timer);
      closed();
    });
  }, 300);
  await expect(asking).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});

test('once the head is there, its body may take its time', async () => {
  const answer = await ask((_request, response) => {
    response.writeProcessing();
    response.write('te');
    setTimeout(() => response.end('xt'), 400);
  }, 200);
  expect(await text(answer.body)).toBe('text');
});

test('without such a time, interim answers are no reason to give up', async () => {
  const answer = await ask((_request, response) => {
    const timer = setInterval(() => response.writeProcessing(), 20);
    setTimeout(() => {
      clearInterval(timer);
      response.end('text');
    }, 200);
  }, 0);
  expect(await text(answer.body)).toBe('text');
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebhookHandler } from './handler';

/** Request listener for `http.createServer`, Express and similar routers. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Turns a webhook handler into a listener for Node's http, Express and similar routers. It reads the body itself, so mount it before any body parser.
 * If a parser has already read the body, each delivery is answered with 500 and a hint on how to mount the handler. Bytes or their text in
 * `rawBody`, and bytes in `body` by `express.raw()`, work as well.
 *
 * @example
 * http.createServer(toNodeListener(handler));
 * app.post('/hook', toNodeListener(handler)); // before app.use(express.json())
 */
export function toNodeListener(handler: WebhookHandler): NodeListener {
  return (request, response) => {
    answerWith(handler, request, response).catch(() => response.destroy());
  };
}

async function answerWith(handler: WebhookHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await handler(await toWebRequest(request));
  const text = await answer.text();
  if (response.headersSent || response.destroyed) return;
  const headers = Object.fromEntries(answer.headers);
  // The rest of the body is not read, so no further request can follow on this connection.
  if (!request.complete && request.httpVersionMajor === 1) headers['connection'] = 'close';
  response.writeHead(answer.status, { ...headers, 'content-length': Buffer.byteLength(text) });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function toWebRequest(request: IncomingMessage): Promise<Request> {
  const { method = 'GET', url = '/' } = request;
  const target = URL.canParse(url, ORIGIN) ? new URL(url, ORIGIN) : ORIGIN;
  const headers = webHeaders(request);
  // Only the body of a POST is read. For other methods, only the method matters, and a web request does not allow some of them.
  if (method !== 'POST') return new Request(target, { method: method === 'HEAD' ? 'HEAD' : 'GET', headers });
  const kept = keptBody(request);
  if (kept !== undefined) return new Request(target, { method, headers, body: kept });
  if (!isRead(request)) return new Request(target, { method, headers, body: streamBody(request), duplex: 'half' });
  const used = new Request(target, { method, headers, body: ' ' });
  await used.text();
  return used;
}

/** Stands for any host that the server may have. */
const ORIGIN = 'http://localhost/';

function webHeaders({ headers }: IncomingMessage): Headers {
  const web = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':')) continue; // pseudo-headers of HTTP/2
    for (const line of [value ?? []].flat()) web.append(name, line);
  }
  return web;
}

/** The raw body, if a parser has read and kept it. A text in `body` may be what a parser made of it, so only `rawBody` may be a text. */
function keptBody(request: IncomingMessage): Uint8Array<ArrayBuffer> | string | undefined {
  const { rawBody, body } = request as { rawBody?: unknown; body?: unknown };
  if (typeof rawBody === 'string') return rawBody;
  return [rawBody, body].find((one) => one instanceof Uint8Array) as Uint8Array<ArrayBuffer> | undefined;
}

/** Whether somebody has read from the body. A parser may set `body` without reading anything, if it does not parse this type. */
function isRead(request: IncomingMessage): boolean {
  return request.readableDidRead || request.readableEnded;
}

/** The body, streamed as it arrives. If its reader stops, reading from the connection stops, too, but the connection stays open for the answer. */
function streamBody(request: IncomingMessage): ReadableStream<Uint8Array> {
  let leave = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const onData = (chunk: Uint8Array | string) => {
        request.pause();
        // A text comes from a request whose encoding was set.
        controller.enqueue(typeof chunk === 'string' ? Buffer.from(chunk, request.readableEncoding ?? 'utf8') : chunk);
      };
      const onEnd = () => {
        leave();
        controller.close();
      };
      const onClose = () => {
        leave();
        controller.error(new Error('The connection was closed.'));
      };
      leave = () => {
        request.off('data', onData).off('end', onEnd).off('close', onClose).pause();
      };
      request.on('data', onData).on('end', onEnd).on('close', onClose).pause();
      request.on('error', () => {}); // 'close' reports it
      if (request.destroyed) onClose();
    },
    pull: () => void request.resume(),
    cancel: () => leave(),
  });
}

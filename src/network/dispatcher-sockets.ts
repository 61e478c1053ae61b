import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { endAfterRead } from './end-after-read';

/** The channel on which every copy of undici reports each request as it is written to a connection. */
const CHANNEL = 'undici:client:sendHeaders';

interface Sent {
  request?: { origin?: string | URL };
  /** A text. For HTTP/2, some versions report an object. */
  headers?: unknown;
  socket?: Socket & { alpnProtocol?: string | false | null };
}

/** The protocols seen for each origin that was ever watched. */
const seen = new Map<string, Set<'http1' | 'http2'>>();
let watchers = 0;

/**
 * Holds the end of each HTTP/1 connection in this process that takes a request, whoever made it, until the returned function is called. It cannot be
 * limited to our own requests: by the time a request is written, interceptors may have changed everything that identifies it. Other requests are not
 * harmed: the end of an answer arrives as before, and a reset as a SocketError with its cause.
 * @param origin The origin of the request
 */
export function watchDispatcherSockets(origin: string): () => void {
  if (!seen.has(origin)) seen.set(origin, new Set());
  if (watchers++ === 0) subscribe(CHANNEL, onSent);
  let isLetGo = false;
  return () => {
    if (isLetGo) return;
    isLetGo = true;
    if (--watchers === 0) unsubscribe(CHANNEL, onSent);
  };
}

/**
 * Whether the end of the connection may be what ends an answer of this origin. Only HTTP/2 always marks the end of an answer. The result is also true
 * for an origin that was not seen: an interceptor may have sent the request elsewhere, and a dispatcher that is not undici's reports nothing.
 */
export function mayEndByConnection(origin: string): boolean {
  const protocols = seen.get(origin);
  return protocols?.has('http2') !== true || protocols.has('http1');
}

function onSent(message: unknown): void {
  const { request, headers, socket } = message as Sent;
  if (!socket) return;
  const isHttp2 = socket.alpnProtocol === 'h2' || typeof headers !== 'string';
  if (!isHttp2) endAfterRead(socket);
  for (const origin of originsOf(request?.origin, headers)) seen.get(origin)?.add(isHttp2 ? 'http2' : 'http1');
}

/** The origin that a request goes to, and the one that its host header names. They differ if the name is resolved before. */
function originsOf(origin: string | URL | undefined, headers: unknown): string[] {
  if (origin === undefined || !URL.canParse(String(origin))) return [];
  const url = new URL(String(origin));
  const host = hostIn(headers);
  const named = `${url.protocol}//${host ?? ''}`;
  return [url.origin, ...(host !== undefined && URL.canParse(named) ? [new URL(named).origin] : [])];
}

function hostIn(headers: unknown): string | undefined {
  if (typeof headers === 'string') return /^(?:host|:authority): *(\S+)\r$/im.exec(headers)?.[1];
  const authority = (headers as Record<string, unknown> | undefined)?.[':authority'];
  return typeof authority === 'string' ? authority : undefined;
}

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { endAfterRead } from './end-after-read';

/** Where undici, any copy of it, reports each request as it is written to a connection. */
const CHANNEL = 'undici:client:sendHeaders';

interface Sent {
  request?: { origin?: string | URL };
  /** A text; for HTTP/2, of some versions, an object. */
  headers?: unknown;
  socket?: Socket & { alpnProtocol?: string | false | null };
}

/** Protocols that were seen, of each origin that was ever watched. */
const seen = new Map<string, Set<'http1' | 'http2'>>();
let watchers = 0;

/**
 * Until it is let go, holds the end of each HTTP/1 connection of the process that takes a request, no matter who made it. Not only of ours: by the
 * time a request is written, interceptors may have renamed all that it could be known by. Others fare no worse: the end of an answer comes
 * as before, and a reset as a SocketError with its cause.
 * @param origin That is asked
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
 * Whether the end of an answer of this origin may be its connection's: HTTP/2 alone marks it always. So may that of an origin which was not
 * seen: an interceptor may have sent the request elsewhere, and a dispatcher that is not of undici reports nothing.
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

/** Where a request goes, and which host it names: another one, where names are looked up before. */
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

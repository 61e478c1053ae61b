import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { holdEnd } from './held-end';

/** By this header our requests are told from those of others in the process. */
export const USER_AGENT = 'temporal-unstructured';

/** Where undici, any copy of it, tells of each request as it is written to a connection. */
const CHANNEL = 'undici:client:sendHeaders';

interface Sent {
  request?: { origin?: string | URL };
  /** A text for HTTP/1, an object for HTTP/2. */
  headers?: unknown;
  socket?: Socket & { alpnProtocol?: string | false | null };
}

const http1Origins = new Set<string>();
let watchers = 0;

/** Until it is let go, holds the end of each connection that takes a request of ours, whoever made the connection. */
export function watchForeignSockets(): () => void {
  if (watchers++ === 0) subscribe(CHANNEL, onSent);
  let isLetGo = false;
  return () => {
    if (isLetGo) return;
    isLetGo = true;
    if (--watchers === 0) unsubscribe(CHANNEL, onSent);
  };
}

/** Whether a request of ours was seen to go to this origin by HTTP/1, where the end of an answer may be the connection's. */
export function isSeenAsHttp1(origin: string): boolean {
  return http1Origins.has(origin);
}

function onSent(message: unknown): void {
  const { request, headers, socket } = message as Sent;
  if (!socket || socket.alpnProtocol === 'h2' || typeof headers !== 'string') return;
  if (!headers.includes(`: ${USER_AGENT}\r\n`)) return;
  holdEnd(socket);
  if (request?.origin !== undefined) http1Origins.add(String(request.origin));
}

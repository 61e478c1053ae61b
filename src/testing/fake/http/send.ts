import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Exchange, Reply } from '../support/reply';

/**
 * Writes an answer in the way that its delivery asks for. Ends when the answer is sent or cut off, or the client is gone.
 * @param closing Aborted when the fake is closed
 */
export async function send(
  response: ServerResponse,
  { reply, delivery }: Exchange,
  options: { headers: Record<string, string>; gzip: boolean; closing: AbortSignal },
): Promise<void> {
  const { delayMs, held, drip, stop } = delivery;
  if (delayMs > 0) await sleep(delayMs, undefined, { signal: options.closing });
  if (held) await Promise.all(held);
  if (stop?.after === 'request') {
    cut(response, stop.how);
    return;
  }

  const plain = encodeBody(reply);
  const body = options.gzip && plain.length > 0 ? gzipSync(plain) : plain;
  response.writeHead(reply.status, {
    'content-type': 'application/json',
    ...(body !== plain && { 'content-encoding': 'gzip' }),
    ...options.headers,
    ...reply.headers,
    'content-length': body.length,
  });
  response.flushHeaders();
  if (stop?.after === 'headers') {
    cut(response, stop.how);
    return;
  }

  const part = stop ? body.subarray(0, Math.floor(body.length / 2)) : body;
  if (drip) await writeSlowly(response, part, drip, options.closing);
  else if (stop) await write(response, part);
  if (stop) cut(response, stop.how);
  else response.end(drip ? undefined : part);
}

function cut(response: ServerResponse, how: 'reset' | 'hang' | 'end'): void {
  if (how === 'reset') response.socket?.resetAndDestroy();
  if (how === 'end') response.socket?.end();
}

async function writeSlowly(
  response: ServerResponse,
  body: Buffer,
  { bytes, everyMs }: { bytes: number; everyMs: number },
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    await sleep(everyMs, undefined, { signal });
    response.write(body.subarray(at, at + bytes));
  }
}

/** Resolves once the bytes have left this process, so that a reset cannot overtake them. */
function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => response.write(bytes, () => resolve()));
}

function encodeBody({ json, text, padToBytes = 0 }: Reply): Buffer {
  const body = Buffer.from(text ?? JSON.stringify(json));
  return body.length >= padToBytes ? body : Buffer.concat([body, Buffer.alloc(padToBytes - body.length, ' ')]);
}

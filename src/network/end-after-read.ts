import type { Socket } from 'node:net';
import { errors } from 'undici';
import { errorShape } from '../core/error-shape';

const patched = new WeakSet<Socket>();

/**
 * Makes the end of a connection wait for its reader. Where an answer ends with its connection while its reader is late, undici 7 would end
 * the process by an assertion that nothing can catch, or take an answer that was cut for a whole one.
 *
 * The end of the stream is passed on where the parser, in a `readable` event, reads all there is and asks for more: one that is paused reads
 * nothing, and learns of it once it reads again. A reset is handed on as an error of undici's own, which it never takes for the end of an answer.
 */
export function endAfterRead(socket: Socket): void {
  if (patched.has(socket)) return;
  patched.add(socket);
  delayEndOfStream(socket);
  nameResets(socket);
}

function delayEndOfStream(socket: Socket): void {
  const push = socket.push.bind(socket);
  const read: (size?: number) => unknown = socket.read.bind(socket);
  let end: 'open' | 'held' | 'told' = 'open';
  let isAsking = false;

  const ask = () => {
    if (end !== 'held' || socket.destroyed) return;
    isAsking = true;
    try {
      socket.emit('readable');
    } finally {
      isAsking = false;
    }
  };

  socket.push = (chunk, encoding) => {
    if (chunk !== null || end === 'told') return push(chunk, encoding);
    if (end === 'open') {
      end = 'held';
      process.nextTick(ask);
    }
    return false;
  };

  socket.read = (size) => {
    const chunk = read(size);
    if (chunk !== null || end !== 'held' || size === 0 || socket.readableLength > 0) return chunk;
    // Outside the event the parser may pause on what it holds itself, right after it has read nothing here.
    if (!isAsking) process.nextTick(ask);
    else {
      end = 'told';
      push(null);
    }
    return null;
  };
}

function nameResets(socket: Socket): void {
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    if (errorShape(error).code !== 'ECONNRESET') return destroy(error);
    return destroy(Object.assign(new errors.SocketError('the connection was reset'), { cause: error }));
  };
}

import type { Socket } from 'node:net';
import { errors } from 'undici';
import { errorShape } from '../core/error-shape';

const patched = new WeakSet<Socket>();

/**
 * Makes the end of a connection wait for its reader. Without it, undici 7 goes wrong if an answer ends with its connection while its reader is
 * behind. It crashes the process with an assertion that nothing can catch, or takes a truncated answer for a complete one.
 *
 * The end of the stream is passed on when the parser, in a `readable` event, has read all data and asks for more. A paused parser reads nothing, and
 * learns of the end once it reads again. A reset is passed on as an error of undici's own, which undici never takes for the end of an answer.
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
    // Outside the event, the parser may pause on data that it holds itself, right after it has read nothing here.
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

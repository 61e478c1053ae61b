import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { version } from 'undici/package.json';
import { endAfterRead } from './end-after-read';

/** The first version of undici whose parser handles the end of a connection while it is paused. */
const FIRST_SOUND = [8, 6] as const;

/** Whether this version of undici needs the end of a connection to be held back. */
export function mustHoldEnd(undici: string): boolean {
  const [major = 0, minor = 0] = undici.split('.').map(Number);
  return major < FIRST_SOUND[0] || (major === FIRST_SOUND[0] && minor < FIRST_SOUND[1]);
}

const isHeld = mustHoldEnd(version);

/** Options for making a connection. */
export type ConnectOptions = buildConnector.BuildOptions;

/** Creates connections on which no server answer can crash the process. HTTP/2 is off, so that each connection carries one request at a time. */
export function createConnector(options: ConnectOptions): buildConnector.connector {
  return sound(buildConnector({ ...options, allowH2: false }));
}

/** The `factory` option of an agent. Only here can the socket inside a proxy's tunnel be reached. */
export function createPool(origin: string | URL, options: object): Pool {
  const { connect, ...others } = options as Pool.Options;
  if (typeof connect !== 'function') throw new Error('An agent passes no connect function');
  return new Pool(origin, { ...others, connect: sound(connect) });
}

function sound(connect: buildConnector.connector): buildConnector.connector {
  if (!isHeld) return connect;
  return (options, callback) =>
    connect(options, (...[error, socket]: [Error | null, Socket | null]) => {
      if (socket) endAfterRead(socket);
      (callback as (error: Error | null, socket: Socket | null) => void)(error, socket);
    });
}

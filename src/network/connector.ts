import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { version } from 'undici/package.json';
import { endAfterRead } from './end-after-read';

/** Of undici 8, whose parser takes the end of a connection while it is paused. */
const FIRST_SOUND = [8, 6] as const;

/** Whether the end of a connection has to be held for this version of undici. */
export function mustHoldEnd(undici: string): boolean {
  const [major = 0, minor = 0] = undici.split('.').map(Number);
  return major < FIRST_SOUND[0] || (major === FIRST_SOUND[0] && minor < FIRST_SOUND[1]);
}

const isHeld = mustHoldEnd(version);

/** How a connection is made. */
export type ConnectOptions = buildConnector.BuildOptions;

/** Creates connections on which no server answer can crash the process. One request at a time on each, so no HTTP/2. */
export function createConnector(options: ConnectOptions): buildConnector.connector {
  return sound(buildConnector({ ...options, allowH2: false }));
}

/** `factory` of an agent: the one place where the socket inside the tunnel of a proxy is reached. */
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

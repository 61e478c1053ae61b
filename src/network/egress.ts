import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { invalidInput } from '../core/errors';
import { type ConnectOptions, createConnector, createPool } from './connector';
import { mayEndByConnection, watchDispatcherSockets } from './dispatcher-sockets';
import { get, type GetRequest, type RawAnswer } from './get';
import { isDispatcher, type NetworkOptions } from './options';

/** How requests leave this process. */
interface EgressOptions extends NetworkOptions {
  /** For connections that this class makes. A `lookup` checks host names, except for those that a proxy resolves. */
  connect: ConnectOptions;
  /** Largest number of connections at a time to an origin. @default any */
  connections?: number;
  /** The only origin that requests go to. @default any */
  origin?: string;
}

/** Sends all requests that leave this process. No answer can crash the process, whoever makes the connections. */
export class Egress {
  readonly #dispatcher: Dispatcher;
  /** Whether the sockets must be watched, because others make them. */
  readonly #isForeign: boolean;
  readonly #isOwned: boolean;

  /** @throws UnstructuredValidationError if the proxy is not an address, or this runtime has no undici that can send */
  constructor(options: EgressOptions) {
    this.#isOwned = options.dispatcher === undefined;
    this.#isForeign = options.dispatcher !== undefined || options.proxy === 'env';
    this.#dispatcher = (options.dispatcher as Dispatcher | undefined) ?? createDispatcher(options);
  }

  /** Lends the dispatcher for one exchange with an origin. */
  async lend<T>(origin: string, exchange: (dispatcher: Dispatcher) => Promise<T>): Promise<T> {
    const letGo = this.#watch(origin);
    try {
      return await exchange(this.#dispatcher);
    } finally {
      letGo();
    }
  }

  /**
   * Sends a GET request; see {@link get}. The sockets are watched until the body ends, because a dispatcher may request the rest of a body on another
   * connection.
   */
  get(request: GetRequest, signal: AbortSignal): Promise<RawAnswer> {
    return get(this.#dispatcher, request, signal, this.#watch(request.origin));
  }

  /** Whether an answer of this origin may have no other end than that of its connection. A truncated answer would then look complete. */
  mayEndUnmarked(origin: string): boolean {
    return this.#isOwned || mayEndByConnection(origin);
  }

  /** Waits for running requests, then closes the connections. A dispatcher that was passed in stays open. */
  close(): Promise<void> {
    return this.#isOwned ? this.#dispatcher.close() : Promise.resolve();
  }

  #watch(origin: string): () => void {
    return this.#isForeign ? watchDispatcherSockets(origin) : () => undefined;
  }
}

/** Connections are kept alive between requests, one request at a time on each. */
function createDispatcher({ proxy, connect, connections, origin }: EgressOptions): Dispatcher {
  const pool = { connect: createConnector(connect), ...(connections !== undefined && { connections }) };
  const dispatcher: unknown =
    proxy === 'env'
      ? throughProxy(pool, connect.timeout)
      : origin !== undefined
        ? new Pool(origin, pool)
        : new Agent({ ...pool, factory: createPool });
  if (isDispatcher(dispatcher)) return dispatcher;
  throw invalidInput(
    `The undici of this runtime can't send requests: it has no dispatch function, as on Bun. Run the worker on Node, or pass a dispatcher.`,
  );
}

function throughProxy(pool: Pool.Options, timeout: ConnectOptions['timeout']): Dispatcher {
  // Plain http also goes through a tunnel: otherwise, undici 8 would show it to the proxy.
  const options = { ...pool, factory: createPool, proxyTunnel: true };
  try {
    return new EnvHttpProxyAgent({ ...options, requestTls: { timeout }, proxyTls: { timeout } });
  } catch {
    // The address may hold a password, so neither it nor undici's message is shown.
    throw invalidInput(`Option proxy 'env': HTTPS_PROXY or HTTP_PROXY is not a usable proxy address.`);
  }
}

import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { invalidInput } from '../core/errors';
import { type ConnectOptions, createConnector, createPool } from './connector';
import { mayEndByConnection, watchDispatcherSockets } from './dispatcher-sockets';
import { get, type GetRequest, type RawAnswer } from './get';
import { isDispatcher, type NetworkOptions } from './options';

/** How requests leave this process. */
interface EgressOptions extends NetworkOptions {
  /** Of connections that are made here. A `lookup` judges names; not those that a proxy looks up. */
  connect: ConnectOptions;
  /** Largest number of connections at a time to an origin. @default any */
  connections?: number;
  /** The one origin that is asked. @default any */
  origin?: string;
}

/** The one place where requests leave this process. Nothing that is answered ends the process, no matter who makes the connections. */
export class Egress {
  readonly #dispatcher: Dispatcher;
  /** Whether the sockets have to be watched: what makes them is not ours. */
  readonly #isForeign: boolean;
  readonly #isOwned: boolean;

  /** @throws UnstructuredValidationError where the proxy is not an address, or this runtime has no undici that can send */
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

  /** Sends a GET request; see {@link get}. Watched to its end: a dispatcher may ask for the rest of a body by another connection. */
  get(request: GetRequest, signal: AbortSignal): Promise<RawAnswer> {
    return get(this.#dispatcher, request, signal, this.#watch(request.origin));
  }

  /** Whether an answer of this origin may end with its connection alone, so that one that was cut would pass for whole. */
  mayEndUnmarked(origin: string): boolean {
    return this.#isOwned || mayEndByConnection(origin);
  }

  /** Waits for running requests and closes the connections, but for a dispatcher that was passed in. */
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
  // Plain http, too, goes through a tunnel: undici 8 would show it to the proxy.
  const options = { ...pool, factory: createPool, proxyTunnel: true };
  try {
    return new EnvHttpProxyAgent({ ...options, requestTls: { timeout }, proxyTls: { timeout } });
  } catch {
    // The address may hold a password, so neither it nor undici's message is shown.
    throw invalidInput(`Option proxy 'env': HTTPS_PROXY or HTTP_PROXY is not a usable proxy address.`);
  }
}

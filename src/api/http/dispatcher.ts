import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import { invalidInput } from '../../core/errors';
import type { ResolvedClientOptions } from '../options';

/** The client's own connections: kept alive between requests, one request at a time on each. What is local goes through no proxy. */
export function createDispatcher({ baseUrl, timeouts, connections, proxy }: ResolvedClientOptions): Dispatcher {
  const connect = { timeout: timeouts.connect };
  if (proxy === undefined || baseUrl.isLocal) return new Pool(baseUrl.origin, { connections, connect });
  try {
    return new EnvHttpProxyAgent({ connections, connect, requestTls: connect, proxyTls: connect });
  } catch {
    // The address may hold a password, so neither it nor undici's message is shown.
    throw invalidInput(`proxy 'env': HTTPS_PROXY or HTTP_PROXY is no proxy address that can be used`);
  }
}

import type { NetworkOptions } from '../../network/options';
import { Egress } from '../../network/egress';
import type { Rate } from '../../network/pace';
import type { BaseUrl } from './base-url';
import type { Credentials } from './credentials';

/** A client's options, checked and complete; times in milliseconds. */
export interface TransportOptions {
  baseUrl: BaseUrl;
  credentials: Credentials;
  timeouts: Record<'connect' | 'headers' | 'body' | 'total', number>;
  minimumRate: Rate;
  maxResponseBytes: number;
  connections: number;
  maxRequestsPerSecond: number | undefined;
  proxy: NetworkOptions['proxy'];
  dispatcher: NetworkOptions['dispatcher'];
}

/** The route to the API. Requests to this machine go through no proxy. */
export function createEgress({ baseUrl, timeouts, connections, proxy, dispatcher }: TransportOptions): Egress {
  return new Egress({
    dispatcher,
    proxy: baseUrl.isLocal ? 'none' : proxy,
    connect: { timeout: timeouts.connect },
    connections,
    origin: baseUrl.origin,
  });
}

import { WayOut } from '../../network/way-out';
import type { ResolvedClientOptions } from '../options';

/** The client's way to the API. What is local goes through no proxy. */
export function createWayOut({ baseUrl, timeouts, connections, proxy, dispatcher }: ResolvedClientOptions): WayOut {
  return new WayOut({
    dispatcher,
    proxy: baseUrl.isLocal ? 'none' : proxy,
    connect: { timeout: timeouts.connect },
    connections,
    origin: baseUrl.origin,
  });
}

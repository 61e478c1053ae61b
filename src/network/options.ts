import type { Dispatcher } from 'undici';
import { invalidInput } from '../core/errors';
import { anyThat, oneOf, readOption } from '../core/option-rules';
import { kindOf } from '../core/values';

/** How requests leave this process: to the API, and for https documents. */
export interface NetworkOptions {
  /**
   * `'env'` sends requests through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. Http requests to loopback never use a
   * proxy.
   * @default 'none'
   */
  proxy?: 'env' | 'none' | undefined;
  /**
   * A dispatcher of your own, of undici 7 or 8, such as an `Agent` with certificates. The client does not close it. A dispatcher that is
   * bound to a single origin, such as a `Pool`, is refused for https documents.
   */
  // Not undici's type, because the types of versions 7 and 8 are incompatible.
  dispatcher?: { dispatch(options: object, handler: object): boolean } | undefined;
}

/** The rule for each option. */
export const NETWORK_RULES = {
  proxy: oneOf(['env', 'none']),
  dispatcher: anyThat('an undici Dispatcher', isDispatcher),
};

export function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function';
}

/** The network options among others; undefined if neither is given. @throws UnstructuredValidationError naming the option */
export function ownNetworkOptions({ proxy, dispatcher }: NetworkOptions): NetworkOptions | undefined {
  if (proxy !== undefined) readOption('proxy', NETWORK_RULES.proxy, proxy);
  if (dispatcher !== undefined) readOption('dispatcher', NETWORK_RULES.dispatcher, dispatcher, { show: kindOf });
  refuseIdleProxy({ proxy, dispatcher });
  return proxy === undefined && dispatcher === undefined ? undefined : { proxy, dispatcher };
}

/** @throws UnstructuredValidationError if the proxy would have no effect */
export function refuseIdleProxy({ proxy, dispatcher }: NetworkOptions): void {
  if (dispatcher && proxy === 'env')
    throw invalidInput(`Option proxy 'env' has no effect on a dispatcher of your own.`);
}

export function areSameNetwork(a: NetworkOptions, b: NetworkOptions): boolean {
  return (a.proxy ?? 'none') === (b.proxy ?? 'none') && a.dispatcher === b.dispatcher;
}

/** Whether all requests of a dispatcher go to a single server, whatever their origin. A `Pool` or `Client` does this, and keeps the server's URL. */
export function isBoundToOrigin(dispatcher: object): boolean {
  return Object.getOwnPropertySymbols(dispatcher).some((symbol) => symbol.description === 'url');
}

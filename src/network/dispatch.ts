import type { Dispatcher } from 'undici';

/** Passes a request to a dispatcher, and any error of the dispatcher to the handler, also if the dispatcher is asynchronous. */
export function dispatchTo(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  handler: { onResponseError(controller: undefined, error: unknown): void } & Dispatcher.DispatchHandler,
): void {
  const fail = (error: unknown) => handler.onResponseError(undefined, error);
  try {
    // By its type, this is a boolean. An interceptor that waits for something first returns a promise.
    const dispatched: unknown = dispatcher.dispatch(request, handler);
    Promise.resolve(dispatched).catch(fail);
  } catch (error) {
    fail(error);
  }
}

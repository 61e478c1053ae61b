import type { Dispatcher } from 'undici';

/** Hands a request to a dispatcher. Whatever it fails with goes to the handler; that of an asynchronous one, too. */
export function dispatchTo(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  handler: { onResponseError(controller: undefined, error: unknown): void } & Dispatcher.DispatchHandler,
): void {
  const fail = (error: unknown) => handler.onResponseError(undefined, error);
  try {
    // A boolean by its type; an interceptor that waits for something first gives a promise of it.
    const dispatched: unknown = dispatcher.dispatch(request, handler);
    Promise.resolve(dispatched).catch(fail);
  } catch (error) {
    fail(error);
  }
}

/**
 * Waits for `work`, but no longer than until the signal aborts; then the work is abandoned, and its failure is ignored.
 * @throws the signal's reason
 */
export async function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Waits for work as {@link orAborted} does, and no longer than for a time.
 * @param ms Longest time, in milliseconds
 * @param late Makes the error once the time is over
 * @param work Begins it; its signal aborts with `signal`, and once the time is over
 * @throws the error of `late`, or the reason of `signal`
 */
export async function orLate<T>(
  { ms, late, signal }: { ms: number; late: () => Error; signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(late()), ms);
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal; // listeners on `signal` would count as a leak
  try {
    return await orAborted(either, work(either));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for `work` until the signal aborts. The work is then abandoned, and its failure is ignored.
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
 * Waits for work as {@link orAborted} does, but no longer than a given time.
 * @param ms Longest time, in milliseconds
 * @param late Creates the error once the time is over
 * @param work Begins the work; its signal aborts when `signal` does, and once the time is over
 * @throws the error of `late`, or the reason of `signal`
 */
export async function orLate<T>(
  { ms, late, signal }: { ms: number; late: () => Error; signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(late()), ms);
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal; // listeners on `signal` itself would count as a leak
  try {
    return await orAborted(either, work(either));
  } finally {
    clearTimeout(timer);
  }
}

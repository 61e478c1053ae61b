import { orAborted } from '../../src/common/or-aborted';
import { UnstructuredStorageError } from '../../src/core/storage-error';

/** Starts and pauses the stall timer. */
export interface StallTimer {
  begin: () => void;
  pause: () => void;
}

/**
 * Performs work that may never settle, and stops it if it stalls for `ms` while the timer runs.
 * @throws UnstructuredStorageError, which may be retried, if the work stalled. The signal tells the work to stop, and nothing waits for it
 */
export async function withStallTimeout<T>(
  { ms, what, signal }: { ms: number; what: string; signal: AbortSignal },
  perform: (signal: AbortSignal, timer: StallTimer) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const pause = () => clearTimeout(timer);
  const stall = () => stop.abort(new UnstructuredStorageError(`${what} within ${ms} ms`, { kind: 'passing' }));
  const begin = () => {
    pause();
    if (!isOver) timer = setTimeout(stall, ms);
  };
  begin();
  const all = AbortSignal.any([signal, stop.signal]);
  const performing = Promise.resolve().then(() => perform(all, { begin, pause }));
  try {
    return await orAborted(stop.signal, performing);
  } finally {
    isOver = true;
    pause();
  }
}

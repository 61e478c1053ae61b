import { orAborted } from '../../src/common/or-aborted';
import { UnstructuredStorageError } from '../../src/core/storage-error';

/** Starts and pauses the stall timer. */
export interface StallTimer {
  begin: () => void;
  pause: () => void;
}

/**
 * Performs something that may not settle by itself, unless it stands still for so long while it is its turn.
 * @throws UnstructuredStorageError, worth another try, once it stood still; it is told by the signal, and not waited for
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

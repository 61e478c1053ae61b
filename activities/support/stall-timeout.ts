import { UnstructuredStorageError } from '../../src/core/storage-error';

/** Whoever is watched: it is its turn, or somebody else's. */
export interface Watch {
  begin: () => void;
  pause: () => void;
}

/**
 * Performs something that may not settle by itself, unless it stands still for so long while it is its turn.
 * @throws UnstructuredStorageError, worth another try, once it stood still; it is told by the signal, and not waited for
 */
export async function unlessStalled<T>(
  { ms, what, signal }: { ms: number; what: string; signal: AbortSignal },
  perform: (signal: AbortSignal, watch: Watch) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const stalled = new Promise<never>((_, reject) =>
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error)),
  );
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
    return await Promise.race([performing, stalled]);
  } finally {
    isOver = true;
    pause();
    performing.catch(() => undefined); // of one that was given up
  }
}

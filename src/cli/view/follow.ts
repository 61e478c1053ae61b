import { setTimeout as delay } from 'node:timers/promises';
import type { Screen, Showing } from './screen';

const LOOK_EVERY_MS = 400;

/** How progress is observed. */
export interface Look {
  /** Reads what is shown now. Does not fail. */
  refresh: () => Promise<Showing>;
  /** @default 400 */
  everyMs?: number | undefined;
}

/** Shows progress until `ending` settles, and then the last state. After an interruption, nothing more is shown. */
export async function follow<T>(
  ending: Promise<T>,
  { refresh, everyMs = LOOK_EVERY_MS }: Look,
  screen: Screen,
  signal: AbortSignal,
): Promise<T> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  ending.then(end, end);
  for (;;) {
    const showing = await refresh();
    if (ended.signal.aborted || signal.aborted) break;
    screen.showProgress(showing);
    await delay(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  const result = await ending;
  const showing = await refresh();
  signal.throwIfAborted();
  screen.showProgress(showing);
  return result;
}

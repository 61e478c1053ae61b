import { setTimeout as delay } from 'node:timers/promises';
import type { Screen } from './view/screen';
import type { Watch } from './view/watch';

const LOOK_EVERY_MS = 400;

/** Shows progress until what is awaited has ended, and its last state then. What an interruption prints is the last word. */
export async function follow<T>(ending: Promise<T>, watch: Watch, screen: Screen, signal: AbortSignal): Promise<T> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  ending.then(end, end);
  for (;;) {
    const views = await watch.refresh();
    if (ended.signal.aborted || signal.aborted) break;
    screen.showProgress(views);
    await delay(LOOK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  const result = await ending;
  const views = await watch.refresh();
  signal.throwIfAborted();
  screen.showProgress(views);
  return result;
}

/**
 * Performs an action for each item, at most `parallel` at a time. The actions begin in order. The first failure aborts the others and is thrown once
 * all have ended.
 */
export async function inParallel<T>(
  parallel: number,
  items: readonly T[],
  signal: AbortSignal,
  perform: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const all = AbortSignal.any([signal, failed.signal]);
  const rest = items.values();
  const lane = async () => {
    try {
      for (const item of rest) {
        all.throwIfAborted();
        await perform(item, all);
      }
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  await Promise.allSettled(Array.from({ length: parallel }, lane));
  all.throwIfAborted();
}

import type { OpenDocument } from '../../src/storage/source';

/** How much is left of a time that begins now: at least a millisecond. */
export function countdown(ms: number): () => number {
  const begunAt = performance.now();
  return () => Math.max(1, Math.floor(ms - (performance.now() - begunAt)));
}

/**
 * Opens a document within a time, whether or not its source heeds the signal; one that is opened too late is closed.
 * @throws Error once the time is over
 */
export async function within(
  ms: number,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<OpenDocument>,
): Promise<OpenDocument> {
  const controller = new AbortController();
  const end = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new Error(`it was not opened within ${ms} ms`)), ms);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const ended = new Promise<never>((_, reject) =>
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error)),
  );
  const opening = open(controller.signal);
  try {
    return await Promise.race([opening, ended]);
  } catch (error) {
    opening.then((document) => document.close?.()).catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer); // and no more: the document is read by the same signal
  }
}

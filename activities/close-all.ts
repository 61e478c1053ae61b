import { log } from '@temporalio/activity';
import type { OpenDocument } from '../src/storage/source';

/**
 * Closes documents, and waits for the end of what else is under way, for at most so many milliseconds. Never fails: whatever happens here
 * must not take the place of the answer, which alone tells what was started.
 */
export async function closeAll(
  documents: readonly OpenDocument[],
  others: readonly Promise<void>[],
  limitMs: number,
): Promise<void> {
  const closing = documents.map(async (document) => {
    await document.close?.(); // in here, since it may throw at once
  });
  const all = [...closing, ...others].map((end) =>
    end.catch(
      (error: unknown) =>
        void log.warn('A document was not closed, or its progress not told', { error: String(error) }),
    ),
  );
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn('Closing documents and telling progress took too long', { limitMs });
      resolve();
    }, limitMs);
  });
  await Promise.race([Promise.all(all), limit]);
  clearTimeout(timer);
}

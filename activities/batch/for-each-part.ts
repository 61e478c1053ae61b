import { inParallel } from '../../src/common/in-parallel';

/** Number of records that are read or written at a time. */
export const PARALLEL = 16;

/** Performs an action for each part, several at a time. */
export function forEachPart(
  parts: number,
  signal: AbortSignal,
  perform: (part: number) => Promise<void>,
): Promise<void> {
  const numbers = Array.from({ length: parts }, (_, index) => index + 1);
  return inParallel(PARALLEL, numbers, signal, perform);
}

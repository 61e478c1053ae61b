import { vi } from 'vitest';

/** Waits until `check` throws no more; the time is a safety net, not a claim. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 60_000, interval: 50 });
}

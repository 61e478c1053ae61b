import type { Worker } from '@temporalio/worker';

/**
 * Calls `react` as soon as the worker begins to shut down, through a signal of the operating system or `shutdown()`. By then, its polls have ended,
 * and it can still reach the server. If the worker stops because of an error, `react` may not be called.
 */
export function onShutdown(worker: Worker, react: () => void): void {
  const shutdown = worker.shutdown.bind(worker);
  worker.shutdown = () => {
    shutdown();
    react();
  };
}

import type { Worker } from '@temporalio/worker';

/**
 * Calls `react` as soon as the worker has begun to shut down, be it by a signal of the system or by `shutdown()`: its polls are ended then,
 * and it can still talk to the server. A worker that ends by an error may not come here.
 */
export function onShutdown(worker: Worker, react: () => void): void {
  const shutdown = worker.shutdown.bind(worker);
  worker.shutdown = () => {
    shutdown();
    react();
  };
}

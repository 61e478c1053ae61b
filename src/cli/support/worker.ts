import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { orAborted } from '../../common/or-aborted';
import type { Cleanup } from './cleanup';

/** Bundles the workflows that a file exports. This takes a few seconds, so start it alongside a server, and await it later. */
export function bundleWorkflows(workflowsPath: string): Promise<WorkflowBundleWithSourceMap> {
  const bundling = bundleWorkflowCode({ workflowsPath, logger: Runtime.instance().logger });
  bundling.catch(() => undefined);
  return bundling;
}

/** A running worker of the program. */
export class ProgramWorker {
  /** Rejects if the worker ends before it is stopped. */
  readonly broken: Promise<never>;

  private constructor(running: Promise<void>) {
    this.broken = running.then(() => Promise.reject(new Error('the worker stopped')));
    this.broken.catch(() => undefined);
  }

  static async start(options: WorkerOptions, cleanup: Cleanup, signal: AbortSignal): Promise<ProgramWorker> {
    const worker = await orAborted(signal, Worker.create({ shutdownForceTime: '5 seconds', ...options }));
    const running = worker.run();
    cleanup.add(async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    });
    return new ProgramWorker(running);
  }
}

/**
 * Keeps the logs of the Temporal SDK out of the program's output. If `verbose` is set, they go to standard error. The SDK does not handle signals;
 * the program does. Call this before starting anything of Temporal.
 */
export function installRuntime(verbose: boolean): void {
  Runtime.install({
    logger: verbose ? new DefaultLogger('INFO') : new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: { core: verbose ? 'WARN' : 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  });
}

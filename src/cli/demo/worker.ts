import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { Cleanup } from '../cleanup';
import { orAborted } from '../../common/or-aborted';

/** Bundles the demo's workflows: takes a few seconds, beside the start of a server. */
export function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: require.resolve('./workflows'),
    logger: Runtime.instance().logger,
  });
}

/** The worker of the demo, running. */
export class DemoWorker {
  /** Rejects where the worker ends before it was stopped. */
  readonly broken: Promise<never>;

  private constructor(running: Promise<void>) {
    this.broken = running.then(() => Promise.reject(new Error('the worker stopped')));
    this.broken.catch(() => undefined);
  }

  static async start(options: WorkerOptions, cleanup: Cleanup, signal: AbortSignal): Promise<DemoWorker> {
    const worker = await orAborted(signal, Worker.create({ shutdownForceTime: '5 seconds', ...options }));
    const running = worker.run();
    cleanup.add(async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    });
    return new DemoWorker(running);
  }
}

/**
 * Keeps the logs of the Temporal SDK out of the demo's output: warnings on standard error where asked for, else nothing. Signals are the
 * program's own business. Call before anything of Temporal is started.
 */
export function installRuntime(verbose: boolean): void {
  Runtime.install({
    logger: verbose ? new DefaultLogger('INFO') : new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { forward: {}, filter: { core: verbose ? 'WARN' : 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  });
}

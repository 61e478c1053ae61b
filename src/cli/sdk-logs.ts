import { DefaultLogger, Runtime } from '@temporalio/worker';

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

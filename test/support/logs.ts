import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';

/** Every log entry of the SDK and of workflows in this process, from `collectLogs()` on. */
export const logs: LogEntry[] = [];

/** A logger that says nothing, for the bundler. */
export const quiet = new DefaultLogger('ERROR', () => undefined);

/** Keeps the logs of this test file instead of printing them. Call before anything of Temporal is started. */
export function collectLogs(): void {
  Runtime.install({
    logger: new DefaultLogger('DEBUG', (entry) => void logs.push(entry)),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}

/** Messages of warnings and errors since `from`, the SDK's own remarks about the test server aside. */
export function warnings(from = 0): string[] {
  return logs
    .slice(from)
    .filter(({ level }) => level === 'WARN' || level === 'ERROR')
    .map(({ message }) => message);
}

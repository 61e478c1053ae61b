import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';

const logs: LogEntry[] = [];
let installed: { core: string; by: string | undefined } | undefined;

/** A logger that says nothing, for the bundler. */
export const quiet = new DefaultLogger('ERROR', () => undefined);

/**
 * Keeps the logs of this test file instead of printing them. Call before anything of Temporal is started.
 * @param core From which level on the SDK's native part says something
 */
export function collectLogs(core: 'DEBUG' | 'WARN' | 'ERROR' = 'ERROR'): void {
  logs.length = 0; // those of files before, in the same process
  const options = {
    logger: new DefaultLogger('DEBUG', (entry: LogEntry) => void logs.push(entry)),
    telemetryOptions: { logging: { forward: {}, filter: { core, other: core } } },
  };
  try {
    Runtime.install(options);
  } catch (error) {
    // The files of a process have a runtime each, unless something of one is left open: then it stays, or another takes its place.
    if (installed?.core === core) return;
    if (!installed) throw error;
    console.warn(`${installed.by ?? 'Another file'} left its runtime open, which logs ${installed.core}`);
    Reflect.deleteProperty(Runtime, '_instance');
    Runtime.install(options);
  }
  installed = { core, by: testFile() };
}

/** Path of the test file, as vitest tells its workers; scripts, which use this as well, have none. */
function testFile(): string | undefined {
  return (globalThis as { __vitest_worker__?: { filepath?: string } }).__vitest_worker__?.filepath;
}

/** Keeps what another process has logged, too. */
export function keepLog(message: string, printed: string): void {
  logs.push({ level: 'DEBUG', message, meta: { printed }, timestampNanos: 0n });
}

/** How many entries of the SDK and of workflows were logged so far, to be given to the functions below. */
export function logMark(): number {
  flush();
  return logs.length;
}

export function logsSince(mark: number): LogEntry[] {
  flush();
  return logs.slice(mark);
}

/** Messages of warnings and errors. */
export function warningsSince(mark: number): string[] {
  return logsSince(mark)
    .filter(({ level }) => level === 'WARN' || level === 'ERROR')
    .map(({ message }) => message);
}

/** The SDK holds entries back for a moment, to sort them. */
function flush(): void {
  const { logger } = Runtime.instance() as { logger: { flush?(): void } };
  logger.flush?.();
}

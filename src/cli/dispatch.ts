import { setImmediate } from 'node:timers/promises';
import { parseCommand, type Command } from './arguments';
import { printReport } from './run/report';
import { CliError, reasonText, UsageError } from './support/errors';
import { Interrupted, Interruption } from './support/interruption';
import { Screen } from './view/screen';

/**
 * Runs the command that the arguments name, and reports errors on standard error.
 * @returns the exit code
 */
export async function dispatch(args: readonly string[], interruption = new Interruption()): Promise<number> {
  let lost: Error | undefined;
  // The reader of the output may close it, as in `temporal-unstructured demo | head`.
  process.stdout.on('error', (error) => {
    lost ??= error;
    interruption.interrupt(1);
  });
  process.stderr.on('error', () => undefined); // what only tells about the work does not end it
  try {
    const exitCode = await execute(args, interruption.signal).catch(tell);
    await written(process.stdout);
    return lost ? tell(new CliError(`The output was not written: ${lost.message}`, exitCode || 1)) : exitCode;
  } finally {
    interruption.dispose();
  }
}

/** Reports an error on standard error. @returns the exit code */
function tell(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  const isExpected = error instanceof CliError;
  process.stderr.write(`${isExpected ? '' : 'Failed: '}${reasonText(error)}\n`);
  return isExpected ? error.exitCode : 1;
}

/** Reads the arguments. With `--json`, wrong arguments are also reported on standard output. */
function parse(args: readonly string[]): Command {
  try {
    return parseCommand(args, process.env);
  } catch (error) {
    if (error instanceof UsageError && args[0] === 'run' && args.includes('--json')) {
      const { message, exitCode } = error;
      printReport({ key: null, outcome: 'setUp', exitCode, message, to: null, seconds: 0 });
    }
    throw error;
  }
}

/** Resolves once everything was written to a stream, or could not be. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
  await setImmediate(); // the stream reports an error after the callback
}

/** Commands are loaded on use, because loading the Temporal SDK takes time. */
async function execute(args: readonly string[], signal: AbortSignal): Promise<number> {
  const command = parse(args);
  switch (command.name) {
    case 'help':
      process.stdout.write(command.text);
      return 0;
    case 'version':
      process.stdout.write(`${packageVersion()}\n`);
      return 0;
    case 'run': {
      const { runBatchCommand } = await import('./run/command.js');
      return runBatchCommand(command.options, args, signal);
    }
    case 'demo': {
      const screen = await Screen.open(!command.options.verbose);
      screen.note('Starting Temporal and bundling the workflows …');
      const { runDemo } = await import('./demo/demo.js');
      await runDemo(command.options, screen, signal);
      return 0;
    }
    case 'fakeApi': {
      const { runFakeApi } = await import('./fake-api.js');
      await runFakeApi(command.options, signal);
      return 0;
    }
  }
}

/** Read by the package's own name, which leads to the same file from the sources and from `dist`. */
function packageVersion(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('temporal-unstructured/package.json') as { version: string }).version;
}

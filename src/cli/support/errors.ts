import { errorCauses, readField } from '../../core/error-shape';

/** Ends the program with one sentence on standard error, without a stack trace. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The program was called with wrong arguments: exit code 2. */
export class UsageError extends CliError {
  constructor(message: string) {
    super(message, 2);
  }
}

/** The first line of an error's reason. Temporal's errors hold the reason in their causes. A {@link CliError} tells it itself. */
export function reasonText(error: unknown): string {
  if (error instanceof CliError) return error.message;
  const messages = errorCauses(error).map((one) => readField(one, 'message'));
  const reason = messages.findLast((message): message is string => typeof message === 'string' && message !== '');
  return (reason ?? String(error)).split('\n', 1)[0] ?? '';
}

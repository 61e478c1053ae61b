import { UnstructuredError } from '../core/errors';

/** Thrown if a test environment does not start, because its server, or the SDK's package for tests, is missing or fails. */
export class TestServerError extends UnstructuredError<'TestServerError', Record<string, never>> {
  /** `retryable` if a busy machine or the network may have caused it. */
  constructor(
    message: string,
    { retryable = false, cause }: { retryable?: boolean | undefined; cause?: unknown } = {},
  ) {
    super(message, { type: 'TestServerError', retryable, details: {}, cause });
  }
}

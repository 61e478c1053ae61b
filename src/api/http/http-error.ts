import type { ApiErrorDetails, ErrorKind } from '../../core/errors';

/** What a {@link HttpError} may add to the details that every error of a call carries. */
type HttpErrorDetails = Pick<
  ApiErrorDetails,
  'status' | 'detail' | 'code' | 'retryAfterMs' | 'validation' | 'notSent' | 'notAccepted' | 'wrongSetup'
>;

/**
 * A failed call as the parts of the client report it to each other. Never leaves the client: the transport turns it into the public error, adds what
 * is known about the request, and removes secrets.
 */
export class HttpError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly details: HttpErrorDetails = {},
  ) {
    super(message);
  }
}

import { readField } from '../core/error-shape';

/** The gRPC status of a request that does not fit what the server has, such as a query by an attribute that the namespace lacks. */
const INVALID_ARGUMENT = 3;

/** The gRPC status of a request for something that the server does not have. */
const UNIMPLEMENTED = 12;

/** Whether an error of Temporal's client says that the server does not support the request. */
export function isUnimplemented(error: unknown): boolean {
  return grpcStatus(error) === UNIMPLEMENTED;
}

/** Whether an error of Temporal's client says that the request was wrong. */
export function isInvalidArgument(error: unknown): boolean {
  return grpcStatus(error) === INVALID_ARGUMENT;
}

function grpcStatus(error: unknown): unknown {
  return readField(readField(error, 'cause'), 'code');
}

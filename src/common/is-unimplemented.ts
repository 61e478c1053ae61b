import { readField } from '../core/error-shape';

/** The gRPC status of what a server does not have. */
const UNIMPLEMENTED = 12;

/** Whether an error of Temporal's client says that the server does not have what was asked of it. */
export function isUnimplemented(error: unknown): boolean {
  return readField(readField(error, 'cause'), 'code') === UNIMPLEMENTED;
}

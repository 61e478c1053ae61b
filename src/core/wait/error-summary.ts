import type { ApiErrorDetails } from '../error-kind';
import { isoTime } from '../instant';
import type { SeenError } from './state';

/** A failed check as details hold it: what the API answered, and when. */
export interface CheckErrorSummary {
  type: string;
  message: string;
  at: string;
  api: ApiErrorDetails | null;
}

export function summaryOf({ type, message, at, api }: SeenError): CheckErrorSummary {
  return { type, message, at: isoTime(at), api };
}

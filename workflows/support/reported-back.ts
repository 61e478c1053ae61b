import { ApplicationFailure } from '@temporalio/workflow';
import { isObject } from '../../src/core/values';

/** What an activity's answer reports back besides its own content. */
export interface ReportedBack {
  /** undefined if none are reported, as in the answer of a mock. */
  options?: object | undefined;
  /** What is wrong with the search attributes, or null; undefined if the server was not asked or did not answer. */
  attributesError?: string | null | undefined;
}

export function reportedBack(answer: unknown): ReportedBack {
  const { options, searchAttributesError: told } = (answer ?? {}) as Record<string, unknown>;
  return {
    options: isObject(options) ? options : undefined,
    attributesError: typeof told === 'string' || told === null ? told : undefined,
  };
}

/** The same for a failure. */
export function reportedInFailure(error: unknown): ReportedBack {
  for (let e = error; e instanceof Error; e = e.cause) {
    const back = e instanceof ApplicationFailure ? reportedBack(e.details?.[1]) : {};
    if (back.options || back.attributesError !== undefined) return back;
  }
  return {};
}

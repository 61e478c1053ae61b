import { ApplicationFailure } from '@temporalio/workflow';
import { isObject } from '../../src/core/values';

/** What an activity's answer brings back beside what it tells. */
export interface BroughtBack {
  /** undefined where it brings none, as that of a mock. */
  options?: object | undefined;
  /** What is wrong with the search attributes, or null; undefined where the server was not asked, or did not say. */
  attributesError?: string | null | undefined;
}

export function broughtBack(answer: unknown): BroughtBack {
  const { options, searchAttributesError: told } = (answer ?? {}) as Record<string, unknown>;
  return {
    options: isObject(options) ? options : undefined,
    attributesError: typeof told === 'string' || told === null ? told : undefined,
  };
}

/** The same of a failure. */
export function broughtInFailure(error: unknown): BroughtBack {
  for (let e = error; e instanceof Error; e = e.cause) {
    const back = e instanceof ApplicationFailure ? broughtBack(e.details?.[1]) : {};
    if (back.options || back.attributesError !== undefined) return back;
  }
  return {};
}

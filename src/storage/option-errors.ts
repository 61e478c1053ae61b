import { shownRef } from '../core/document';
import { invalidInput } from '../core/errors';
import { kindOf } from '../core/values';
import { show } from '../core/option-rules';

/** The error of an option that is wrong. What an object holds, and the secrets of a reference, it does not show. */
export function wrong(option: string, expected: string, value: unknown): Error {
  return invalidInput(`${option} must ${expected}; got ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return show(shownRef(value));
  return typeof value === 'object' ? kindOf(value) : show(value);
}

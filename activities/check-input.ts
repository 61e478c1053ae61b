import type { z } from 'zod';
import { toApplicationFailure } from '../src/common/failure';
import { invalidInput, type UnstructuredApiError } from '../src/core/errors';
import { wrongOption } from '../src/core/option-rules';
import { readScheme } from '../src/core/reference';
import { wrongTemplate } from '../src/core/run/output-template';
import { given, isObject, kindOf, show } from '../src/core/values';
import { INPUT_SCHEMAS } from './input-schemas';
import { reportBack } from './support/report-back';

type Activity = (input: object) => Promise<unknown>;

/**
 * Wraps activities by name so that they check their input: one object, in which `null` counts as not given. A wrong input is refused for good.
 * Otherwise it would end in a TypeError, which Temporal retries forever.
 */
export function checkingInput<Activities extends object>(activities: Activities): Activities {
  const checked = Object.entries(activities).map(([name, activity]) => [
    name,
    checking(name as keyof typeof INPUT_SCHEMAS, activity as Activity),
  ]);
  return Object.fromEntries(checked) as Activities;
}

function checking(name: keyof typeof INPUT_SCHEMAS, activity: Activity): (input: unknown) => Promise<unknown> {
  return async (input) => {
    if (!isObject(input))
      throw toApplicationFailure(invalidInput(`The input of ${name} must be an object; got ${show(input)}.`));
    const known = given(input);
    const { error } = INPUT_SCHEMAS[name].safeParse(known);
    if (error) throw toApplicationFailure(wrongInput(name, known, error));
    return reportBack(known, () => activity(known));
  };
}

function wrongInput(name: string, input: object, { issues: [issue] }: z.ZodError): UnstructuredApiError {
  const path = issue?.path ?? [];
  const keys = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  const option = `${keys.slice(1)} of ${name}`;
  const error: unknown = issue?.code === 'custom' && issue.params?.['error'];
  if (typeof error === 'string') return wrongTemplate(option, value, error);
  return wrongOption(option, issue?.message ?? '', value, shown);
}

/** A reference may contain a secret, and an object may contain such a reference. */
function shown(value: unknown): string {
  const mayHoldSecret = typeof value === 'string' ? readScheme(value.trim()) !== undefined : typeof value === 'object';
  return mayHoldSecret ? kindOf(value) : show(value);
}

import type { z } from 'zod';
import { invalidInput, type UnstructuredError } from '../src/core/errors';
import { isObject, kindOf } from '../src/core/kind-of';
import { given, show } from '../src/core/option-rules';
import { toApplicationFailure } from '../src/failure';
import { bringingBack } from './bring-back';
import { INPUT_SCHEMAS } from './input-schemas';

type Activity = (input: object) => Promise<unknown>;

/**
 * Activities by name that check their input: one object, with `null` for what is not given. A wrong one is refused for good: it would end in
 * a TypeError, which Temporal retries for ever.
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
    return bringingBack(known, () => activity(known));
  };
}

function wrongInput(name: string, input: object, { issues: [issue] }: z.ZodError): UnstructuredError {
  const path = issue?.path ?? [];
  const option = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  // An object may hold a reference with a secret.
  const got = typeof value === 'object' ? kindOf(value) : show(value);
  return invalidInput(`Option ${option.slice(1)} of ${name} is wrong: ${issue?.message ?? ''}; got ${got}.`);
}

import { invalidInput } from '../src/core/errors';
import { isObject } from '../src/core/kind-of';
import { given, show } from '../src/core/option-rules';
import { toApplicationFailure } from '../src/failure';

/**
 * Activities by name that take one object, with `null` for what is not given. Any other input is refused for good: it would end in a
 * TypeError, which Temporal retries for ever.
 */
export function takingObject<Activities extends object>(activities: Activities): Activities {
  const checked = Object.entries(activities).map(([name, activity]) => [name, checkInput(name, activity as Activity)]);
  return Object.fromEntries(checked) as Activities;
}

type Activity = (input: object) => Promise<unknown>;

function checkInput(name: string, activity: Activity): (input: unknown) => Promise<unknown> {
  return async (input) => {
    if (isObject(input)) return activity(given(input));
    throw toApplicationFailure(invalidInput(`The input of ${name} must be an object; got ${show(input)}.`));
  };
}

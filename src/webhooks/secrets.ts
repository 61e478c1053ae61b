import { anyThat, readOption, wrongOption } from '../core/option-rules';
import { kindOf } from '../core/values';
import { UnstructuredWebhookError } from './webhook-error';

/** A secret, or several of which each is accepted: the new and the old one during a change. */
type Secrets<Secret = string> = Secret | readonly Secret[];

/**
 * Secret of the channel, or a list of secrets; or a function that returns them. The function is called for each delivery, so that a changed
 * secret is picked up. It is not called for requests without the headers of a recent delivery.
 */
export type WebhookSecret = Secrets | (() => Later<Secrets<Later<string>>>);

type Later<T> = T | PromiseLike<T>;

/** Refuses white space at the ends: a line end from a file would make each delivery fail. */
const isSecret = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.trim() === value;

const EXPECTED = 'a secret, or a list of secrets, none of them empty or with white space around it';

const SECRETS = anyThat(EXPECTED, (value): value is Secrets => {
  return isSecret(value) || (Array.isArray(value) && value.length > 0 && value.every(isSecret));
});

/** @throws UnstructuredValidationError naming the option; the message never contains a secret */
export function checkSecrets(name: string, value: unknown): readonly string[] {
  const secrets = readOption(name, SECRETS, value, { show: whatIsWrong });
  return typeof secrets === 'string' ? [secrets] : secrets;
}

/** Returns a function that gets the secrets for each delivery. @throws UnstructuredValidationError as above */
export function askSecrets(secret: unknown): () => Promise<readonly string[]> {
  if (typeof secret === 'function') return () => callForSecrets(secret as () => unknown);
  if (typeof secret !== 'string' && !Array.isArray(secret))
    throw wrongOption('secret', `${EXPECTED}, or a function that returns them`, secret, kindOf);
  const secrets = Promise.resolve(checkSecrets('secret', secret));
  return () => secrets;
}

async function callForSecrets(ask: () => unknown): Promise<readonly string[]> {
  let secrets: unknown;
  try {
    const given = await ask();
    secrets = Array.isArray(given) ? await Promise.all<unknown>(given) : given;
  } catch (cause) {
    throw new UnstructuredWebhookError('secret', 'The function of option secret failed.', { cause });
  }
  try {
    return checkSecrets('secret', secrets);
  } catch {
    throw new UnstructuredWebhookError(
      'secret',
      `The function of option secret must return ${EXPECTED}; got ${whatIsWrong(secrets)}.`,
    );
  }
}

function whatIsWrong(value: unknown): string {
  if (Array.isArray(value)) {
    const wrong = value.findIndex((one) => !isSecret(one));
    return wrong === -1 ? 'an empty list' : `${whatIsWrong(value[wrong])} at ${wrong}`;
  }
  if (typeof value !== 'string') return kindOf(value);
  return value.trim() === '' ? 'an empty one' : 'one with white space around it (value not shown)';
}

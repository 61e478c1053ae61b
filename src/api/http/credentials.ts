import { errorMessage } from '../../core/error-shape';
import { invalidInput } from '../../core/errors';
import { isObject, kindOf } from '../../core/values';
import { HttpError } from './http-error';
import { Redactor } from './redact';

/**
 * The API key, of 8 to 8,000 characters, or a function that returns it. The function is called before each request, so that waits of hours
 * pick up a rotated key.
 * @example () => readFile('/run/secrets/unstructured', 'utf8').then((text) => text.trim())
 */
export type ApiKey = string | (() => string | Promise<string>);

/** `api-key` sends the header `unstructured-api-key`, `bearer` sends `Authorization: Bearer`. The service accepts both. */
export type Authentication = 'api-key' | 'bearer';

/** How many of a function's keys are remembered, so that they can be removed from later errors. */
const REMEMBERED_KEYS = 32;

const KEY = /^[\x21-\x7e\xa1-\xff]+$/;

/** Keys are removed from every text. A shorter key could occur in a text by chance, and removing it would mangle the text. */
const SHORTEST_KEY = 8;

/** Servers accept header lines of 8 KiB. nginx and Apache refuse longer ones, whatever the key. */
const LONGEST_KEY = 8_000;

/** The rule that a key breaks; undefined if the key is valid. */
function ruleBrokenBy(key: string): string | undefined {
  if (!KEY.test(key)) return 'must be one line of visible Latin-1 characters without spaces';
  if (key.length < SHORTEST_KEY) return `must have at least ${SHORTEST_KEY} characters`;
  return key.length > LONGEST_KEY ? `must have at most ${LONGEST_KEY} characters, as a header may` : undefined;
}

/** Holds the key, adds it to requests, and removes it from everything else. */
export class Credentials {
  readonly #apiKey: ApiKey;
  readonly #authentication: Authentication;
  readonly #remembered = new Set<string>();
  /** Redactor for the remembered keys; created again after they change. */
  #redactor: Redactor | undefined;

  /** @throws UnstructuredValidationError if the key cannot be sent; the message never contains the key */
  constructor(apiKey: unknown, authentication: Authentication) {
    if (typeof apiKey !== 'string' && typeof apiKey !== 'function')
      throw invalidInput(`Option apiKey must be a string or a function that returns one; got ${kindOf(apiKey)}.`);
    if (apiKey === '') throw invalidInput('Option apiKey must not be empty.');
    const broken = typeof apiKey === 'string' ? ruleBrokenBy(apiKey) : undefined;
    if (broken !== undefined) throw invalidInput(`Option apiKey ${broken} (value not shown).`);
    this.#apiKey = apiKey as ApiKey;
    this.#authentication = authentication;
    if (typeof apiKey === 'string') this.#remembered.add(apiKey);
  }

  /** The current key; a promise only if the option is a function. */
  key(): string | Promise<string> {
    return typeof this.#apiKey === 'string' ? this.#apiKey : this.#ask(this.#apiKey);
  }

  header(key: string): Record<string, string> {
    return this.#authentication === 'bearer' ? { authorization: `Bearer ${key}` } : { 'unstructured-api-key': key };
  }

  /** @param key The key of the current call, if it is already known */
  redactor(key?: string): Redactor {
    if (key !== undefined && !this.#remembered.has(key)) return new Redactor([...this.#remembered, key]);
    this.#redactor ??= new Redactor(this.#remembered);
    return this.#redactor;
  }

  async #ask(apiKey: () => string | Promise<string>): Promise<string> {
    let key: unknown;
    try {
      key = await apiKey();
    } catch (error) {
      // A secret store that is down may recover, so this is a connection error, not a refused key.
      const text = isObject(error) ? errorMessage(error) : kindOf(error);
      const message = `the apiKey function failed: ${this.redactor().excerpt(text)}`;
      throw new HttpError('connection', message, { notSent: true });
    }
    if (typeof key !== 'string')
      throw new HttpError('authentication', `the apiKey function must return a string, got ${kindOf(key)}`);
    if (key === '') throw new HttpError('authentication', 'the apiKey function returned an empty key');
    const broken = ruleBrokenBy(key);
    if (broken !== undefined)
      throw new HttpError('authentication', `the key that the apiKey function returned ${broken} (value not shown)`);
    this.#remember(key);
    return key;
  }

  #remember(key: string): void {
    if (this.#remembered.has(key)) return;
    this.#remembered.add(key);
    this.#redactor = undefined;
    if (this.#remembered.size > REMEMBERED_KEYS) {
      for (const oldest of this.#remembered) return void this.#remembered.delete(oldest);
    }
  }
}

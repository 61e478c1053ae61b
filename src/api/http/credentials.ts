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

/** How many keys that a function gave are remembered, to take them out of late errors. */
const REMEMBERED_KEYS = 32;

const KEY = /^[\x21-\x7e\xa1-\xff]+$/;

/** Keys are taken out of every text. A shorter one stands in texts by chance, so that this would mangle them. */
const SHORTEST_KEY = 8;

/** Servers take header lines of 8 KiB: nginx and Apache refuse what is longer, whatever the key. */
const LONGEST_KEY = 8_000;

/** What a key must be, or undefined for one that is fine. */
function ruleBrokenBy(key: string): string | undefined {
  if (!KEY.test(key)) return 'must be one line of visible Latin-1 characters without spaces';
  if (key.length < SHORTEST_KEY) return `must have at least ${SHORTEST_KEY} characters`;
  return key.length > LONGEST_KEY ? `must have at most ${LONGEST_KEY} characters, as a header may` : undefined;
}

/** Knows the key, hands it to requests, and takes it out of everything else. */
export class Credentials {
  readonly #apiKey: ApiKey;
  readonly #authentication: Authentication;
  readonly #remembered = new Set<string>();
  /** Of the remembered keys; made again once they change. */
  #redactor: Redactor | undefined;

  /** @throws UnstructuredValidationError where the key can't be sent; the message never holds it */
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

  /** The current key; a promise only where the option is a function. */
  key(): string | Promise<string> {
    return typeof this.#apiKey === 'string' ? this.#apiKey : this.#ask(this.#apiKey);
  }

  header(key: string): Record<string, string> {
    return this.#authentication === 'bearer' ? { authorization: `Bearer ${key}` } : { 'unstructured-api-key': key };
  }

  /** @param key The key of the call at hand, where it was already known */
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
      // A secret store that is down comes back: a connection error, not a refused key.
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

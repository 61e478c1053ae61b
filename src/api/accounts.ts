import { invalidInput, UnstructuredValidationError } from '../core/errors';
import { DEFAULT_ACCOUNT } from '../core/names';
import { isObject, kindOf } from '../core/values';
import { areSameNetwork, NETWORK_RULES, type NetworkOptions, ownNetworkOptions } from '../network/options';
import { UnstructuredClient, type UnstructuredClientOptions } from './client';

/** Either one account's options, or several by name. One API key is one workspace. */
export type AccountsOptions =
  | (UnstructuredClientOptions & { accounts?: undefined })
  | (NetworkOptions & {
      /**
       * Options of each account, by name. `proxy` and `dispatcher` set next to `accounts` apply to each account that sets neither, and to https
       * documents.
       */
      accounts: Record<string, UnstructuredClientOptions>;
    } & { [Option in Exclude<keyof UnstructuredClientOptions, keyof NetworkOptions>]?: undefined });

/** The clients of a worker's accounts. After `close`, asking for a client creates a new one. */
export class Accounts {
  readonly #options: ReadonlyMap<string, UnstructuredClientOptions>;
  readonly #areNamed: boolean;
  /** The network options set next to `accounts`. */
  readonly #shared: NetworkOptions | undefined;
  readonly #clients = new Map<string, UnstructuredClient>();

  /** @throws UnstructuredValidationError naming the account, the option and the value */
  constructor(options: AccountsOptions) {
    if (!isObject(options))
      throw invalidInput(`The options must be an object with an apiKey or accounts; got ${kindOf(options)}.`);
    this.#areNamed = options.accounts !== undefined;
    this.#shared = this.#areNamed ? ownNetworkOptions(options) : undefined;
    this.#options = resolveAccounts(options, this.#shared);
    for (const name of this.#options.keys()) this.#clients.set(name, this.#create(name));
  }

  /** @throws UnstructuredValidationError for an unknown name, listing the known ones */
  client(account?: string): UnstructuredClient {
    const name = account ?? this.#defaultName();
    const client = this.#clients.get(name) ?? this.#create(name);
    this.#clients.set(name, client);
    return client;
  }

  /**
   * The network options for documents of these origins: those of the accounts' requests.
   * @throws UnstructuredValidationError if the accounts' network options differ and none are set next to `accounts`
   */
  networkOf(origins: readonly string[] = []): NetworkOptions {
    const [first = {}, ...others] = this.#shared
      ? [this.#shared]
      : [...this.#options.values()].map((own) => ownNetworkOptions(own) ?? {});
    const isOne = others.every((other) => areSameNetwork(other, first));
    if (isOne || origins.length === 0) return isOne ? first : {};
    throw invalidInput(
      `The accounts differ in proxy or dispatcher, so the way to documents.origins is unclear: set proxy or dispatcher beside accounts, or proxy 'none'.`,
    );
  }

  /** Closes the connections of all accounts. */
  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.close()));
  }

  #create(name: string): UnstructuredClient {
    if (!this.#options.has(name))
      throw invalidInput(`Unknown account ${JSON.stringify(name)}. Accounts of this worker: ${this.#names()}.`);
    try {
      return new UnstructuredClient(this.#options.get(name) as UnstructuredClientOptions);
    } catch (error) {
      if (!this.#areNamed || !(error instanceof UnstructuredValidationError)) throw error;
      throw invalidInput(`Account ${JSON.stringify(name)}: ${error.message}`);
    }
  }

  #defaultName(): string {
    const [first] = this.#options.keys();
    if (this.#options.size === 1 && first !== undefined) return first;
    if (this.#options.has(DEFAULT_ACCOUNT)) return DEFAULT_ACCOUNT;
    throw invalidInput(
      `Option account is missing, and no account is named '${DEFAULT_ACCOUNT}'. Accounts of this worker: ${this.#names()}.`,
    );
  }

  #names(): string {
    return [...this.#options.keys()].join(', ');
  }
}

function resolveAccounts(
  { accounts, ...others }: AccountsOptions,
  shared: NetworkOptions | undefined,
): Map<string, UnstructuredClientOptions> {
  if (accounts === undefined) return new Map([[DEFAULT_ACCOUNT, others as UnstructuredClientOptions]]);
  if (!isObject(accounts))
    throw invalidInput(`Option accounts must be an object of options by name; got ${kindOf(accounts)}.`);
  if (Object.keys(accounts).length === 0) throw invalidInput('Option accounts must name at least one account.');
  const isStray = ([name, value]: [string, unknown]) => value !== undefined && !(name in NETWORK_RULES);
  const stray = Object.entries(others)
    .filter(isStray)
    .map(([name]) => name);
  if (stray.length > 0)
    throw invalidInput(`Option ${stray.join(', ')} cannot stand beside accounts; set it for each account.`);
  return new Map(Object.entries(accounts).map(([name, own]) => [name, withShared(own, shared)]));
}

/** If an account sets `proxy` or `dispatcher`, neither shared option applies to it. The client refuses options that are not an object. */
function withShared(own: UnstructuredClientOptions, shared: NetworkOptions | undefined): UnstructuredClientOptions {
  if (!shared || !isObject(own) || own.proxy !== undefined || own.dispatcher !== undefined) return own;
  return { ...own, ...shared };
}

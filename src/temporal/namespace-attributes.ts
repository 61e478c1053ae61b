import { type AttributeNames, attributesError } from '../core/attributes';

/** How long an answer of the server is kept, for all that share the connection. */
const KNOWN_MS = 60_000;
/** Longest time for the question: it must not hold up what it is asked beside. */
const ASK_MS = 5_000;

/** The server's names of the types. */
const TYPES: Readonly<Partial<Record<number, string>>> = {
  1: 'Text',
  2: 'Keyword',
  3: 'Int',
  4: 'Double',
  5: 'Bool',
  6: 'Datetime',
  7: 'KeywordList',
};

/** Statuses of gRPC by which a server says that it tells nobody, or not this worker. */
const REFUSALS: Readonly<Partial<Record<number, string>>> = {
  7: 'the worker may not ask for them',
  12: 'the server does not say which it has',
  16: 'the worker may not ask for them',
};

type Types = Record<string, number>;
type Asked = { at: number; namespace: string; types: Promise<Types> };

/** The part of a Temporal client that asks. */
interface AskingClient {
  connection: object;
  withDeadline<T>(deadline: number, ask: () => Promise<T>): Promise<T>;
}

/** Connections that Temporal makes have it; one of a user's own may not. */
interface WithOperatorService {
  operatorService?: { listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes: Types }> };
}

/** By connection: servers may have namespaces of one name. */
const asked = new WeakMap<object, Asked>();

/**
 * Asks the server for the search attributes of a namespace.
 * @returns what is wrong with them; null where they can be told, undefined where no answer came
 */
export async function askForAttributes(
  client: AskingClient,
  namespace: string,
  names: AttributeNames,
): Promise<string | null | undefined> {
  try {
    const types = await typesOfNamespace(client, namespace);
    return attributesError(names, (name) => TYPES[types[name] ?? 0]);
  } catch (error) {
    const refusal = REFUSALS[(error as { code?: number }).code ?? 0];
    return refusal === undefined ? undefined : `Search attributes are not set: ${refusal}`;
  }
}

function typesOfNamespace(client: AskingClient, namespace: string): Promise<Types> {
  const { connection } = client;
  const known = asked.get(connection);
  if (known?.namespace === namespace && Date.now() < known.at + KNOWN_MS) return known.types;
  const types = askServer(client, namespace);
  asked.set(connection, { at: Date.now(), namespace, types });
  types.catch(() => asked.delete(connection));
  return types;
}

async function askServer(client: AskingClient, namespace: string): Promise<Types> {
  const { operatorService } = client.connection as WithOperatorService;
  if (!operatorService) return {};
  const ask = () => operatorService.listSearchAttributes({ namespace });
  return (await client.withDeadline(Date.now() + ASK_MS, ask)).customAttributes;
}

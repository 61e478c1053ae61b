import { type AttributeNames, attributesError } from '../core/attributes';

/** How long an answer of the server is reused by all callers that share the connection, in milliseconds. */
const KNOWN_MS = 60_000;
/** Longest time for the request, in milliseconds. It must not delay the call that it accompanies. */
const ASK_MS = 5_000;

/** The names of the server's type numbers. */
const TYPES: Readonly<Partial<Record<number, string>>> = {
  1: 'Text',
  2: 'Keyword',
  3: 'Int',
  4: 'Double',
  5: 'Bool',
  6: 'Datetime',
  7: 'KeywordList',
};

/** gRPC statuses with which a server refuses to list the attributes, to everybody or to this worker. */
const REFUSALS: Readonly<Partial<Record<number, string>>> = {
  7: 'the worker may not ask for them',
  12: 'the server does not say which it has',
  16: 'the worker may not ask for them',
};

type Types = Record<string, number>;
type Asked = { at: number; namespace: string; types: Promise<Types> };

/** The part of a Temporal client that this file uses. */
interface AskingClient {
  connection: object;
  withDeadline<T>(deadline: number, ask: () => Promise<T>): Promise<T>;
}

/** Connections made by the SDK have this service. A user's own connection may not. */
interface WithOperatorService {
  operatorService?: { listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes: Types }> };
}

/** Answers by connection, because two servers may have namespaces of the same name. */
const asked = new WeakMap<object, Asked>();

/**
 * Asks the server for the search attributes of a namespace.
 * @returns what is wrong with them; null if nothing is, undefined if no answer arrived
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

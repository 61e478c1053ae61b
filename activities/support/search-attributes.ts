import { activityInfo, getClient } from '@temporalio/activity';
import { isObject } from '../../src/core/values';
import { type AttributeNames, attributesError } from '../../src/core/wait/attributes';

/** What the server is asked is known for so long, to all waits of a worker. */
const KNOWN_MS = 60_000;
/** Longest time for the question: it is asked beside a check, which it must not hold up. */
const ASK_MS = 5_000;

/** What the server calls the types. */
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
  12: 'the server does not tell which it has',
  16: 'the worker may not ask for them',
};

type Types = Record<string, number>;
type Asked = { at: number; namespace: string; types: Promise<Types> };

/** By connection: servers may have namespaces of one name. */
const asked = new WeakMap<object, Asked>();

/**
 * Asks the server for search attributes of the workflow's namespace.
 * @returns what is wrong with them; null where they can be told, undefined where nobody asked, or no answer came
 */
export async function askForAttributes(names: unknown): Promise<string | null | undefined> {
  if (!isObject(names)) return undefined;
  try {
    const types = await typesOfNamespace();
    return attributesError(names as AttributeNames, (name) => TYPES[types[name] ?? 0]);
  } catch (error) {
    const refusal = REFUSALS[(error as { code?: number }).code ?? 0];
    return refusal === undefined ? undefined : `No search attributes are told: ${refusal}`;
  }
}

function typesOfNamespace(): Promise<Types> {
  const { namespace } = activityInfo();
  const { connection } = getClient();
  const known = asked.get(connection);
  if (known?.namespace === namespace && Date.now() < known.at + KNOWN_MS) return known.types;
  const types = askServer(namespace);
  asked.set(connection, { at: Date.now(), namespace, types });
  types.catch(() => asked.delete(connection));
  return types;
}

async function askServer(namespace: string): Promise<Types> {
  const client = getClient();
  const ask = () => client.connection.operatorService.listSearchAttributes({ namespace });
  return (await client.withDeadline(Date.now() + ASK_MS, ask)).customAttributes;
}

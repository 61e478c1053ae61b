import { ATTRIBUTE_NAMES, ATTRIBUTE_TYPES } from './names';
import { anyThat, type Rule } from './option-rules';
import { isObject } from './values';

/** Names of the search attributes of a wait, a run or a batch. */
export type AttributeNames = Record<keyof typeof ATTRIBUTE_NAMES, string>;

const KEYS = Object.keys(ATTRIBUTE_NAMES) as (keyof AttributeNames)[];

/**
 * State of a wait, a run or a batch. `ok`: its activities get answers. `stalled`: they do, but the job's files make no progress. `failing`: they fail
 * for a reason that is not listed here. `refused key`: they fail because a key or credential is refused. `no worker`: no worker takes them.
 */
export type Health = 'ok' | 'stalled' | 'failing' | 'refused key' | 'no worker';

/** Values of the search attributes. null if a value is not known. Plain data: `startedAt` is in milliseconds since the epoch. */
export interface AttributeValues {
  jobId: string | null;
  status: string | null;
  account: string | null;
  health: Health;
  startedAt: number;
}

/** What the server reported about the search attributes, and the values that it holds. */
export interface AttributesOnServer {
  /** What is wrong with the attributes, or null. Absent if the server has not been asked. */
  error?: string | null | undefined;
  /** Values that were set at the start of the workflow or since. The namespace has these attributes. */
  set: { [Name in keyof AttributeValues]?: AttributeValues[Name] | undefined };
}

/** A state with search attributes. The field is absent until something is known about them. */
export interface WithAttributes {
  attributes?: AttributesOnServer | undefined;
}

const NAME = /^[A-Za-z][\w-]{0,63}$/;

const NAMES = anyThat('names', (value): value is Partial<AttributeNames> => {
  const isGood = ([key, name]: [string, unknown]) =>
    name === undefined ||
    name === null ||
    (Object.hasOwn(ATTRIBUTE_NAMES, key) && typeof name === 'string' && NAME.test(name));
  return isObject(value) && Object.entries(value).every(isGood) && areDistinct(named(value));
});

/** Rule of the option `searchAttributes`. */
export const ATTRIBUTES: Rule<AttributeNames | null> = {
  expected: `true, false, or an object with names of search attributes for any of ${KEYS.join(', ')}`,
  read(value, toMs) {
    if (typeof value === 'boolean') return value ? { ...ATTRIBUTE_NAMES } : null;
    const names = NAMES.read(value, toMs);
    return names && named(names);
  },
};

function named(names: Partial<AttributeNames>): AttributeNames {
  return Object.fromEntries(KEYS.map((key) => [key, names[key] ?? ATTRIBUTE_NAMES[key]])) as AttributeNames;
}

function areDistinct(names: AttributeNames): boolean {
  return new Set(Object.values(names)).size === KEYS.length;
}

/**
 * Returns a message that names the search attributes that the namespace lacks or has with another type; null if it has all of them with the right
 * type.
 * @param typeOf The type of a registered search attribute
 */
export function attributesError(names: AttributeNames, typeOf: (name: string) => string | undefined): string | null {
  const wrong = KEYS.filter((key) => typeOf(names[key]) !== ATTRIBUTE_TYPES[key]).map((key) => {
    const type = typeOf(names[key]);
    return `${names[key]} (${ATTRIBUTE_TYPES[key]}${type === undefined ? '' : `, not ${type}`})`;
  });
  return wrong.length === 0 ? null : `The namespace lacks search attributes: ${wrong.join(', ')}`;
}

/** Longest keyword that a server accepts if it keeps its lists of workflows in an SQL database. */
const MAX_CHARACTERS = 200;

/** A text as the value of a search attribute. Accounts and statuses come from outside, so control characters are replaced and a long text is cut. */
export function keyword(text: string | null | undefined): string | null {
  return text ? text.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_CHARACTERS) : null;
}

/** Stores what an activity reported about the search attributes. Activities ask again until nothing is wrong. */
export function withAttributes<State extends WithAttributes>(state: State, error: string | null): State {
  return { ...state, attributes: { error, set: state.attributes?.set ?? {} } };
}

/** The names of the search attributes that the next activity asks the server about; undefined if it does not ask. */
export function attributesToAsk(
  { attributes }: WithAttributes,
  names: AttributeNames | null | undefined,
): AttributeNames | undefined {
  return names && attributes?.error !== null ? names : undefined;
}

/** The attributes to set: those whose values changed and that the namespace is known to have. `startedAt` is set once. */
export function attributesToSet(
  { attributes }: WithAttributes,
  values: Partial<AttributeValues>,
): Partial<AttributeValues> {
  if (!attributes) return {};
  const { error, set } = attributes;
  const isNew = ([key, value]: [string, unknown]) => {
    const before = set[key as keyof AttributeValues];
    if (value === null || value === before) return false;
    return before === undefined ? error === null : key !== 'startedAt';
  };
  return Object.fromEntries(Object.entries(values).filter(isNew));
}

/** Stores the values that were set. */
export function attributesSet<State extends WithAttributes>(state: State, values: Partial<AttributeValues>): State {
  const { set = {}, ...attributes } = state.attributes ?? {};
  return { ...state, attributes: { ...attributes, set: { ...set, ...values } } };
}

import { ATTRIBUTE_NAMES, ATTRIBUTE_TYPES } from './names';
import { anyThat, type Rule } from './option-rules';
import { isObject } from './values';

/** The names that hold for a wait, a run or a batch. */
export type AttributeNames = Record<keyof typeof ATTRIBUTE_NAMES, string>;

const KEYS = Object.keys(ATTRIBUTE_NAMES) as (keyof AttributeNames)[];

/**
 * How a wait, a run or a batch is: its activities are answered, the same with a job whose files stand still, fail for whatever reason, are
 * refused for a key or credential, or are taken by no worker.
 */
export type Health = 'ok' | 'stalled' | 'failing' | 'refused key' | 'no worker';

/** What it tells; null for what it does not know. Plain data: `startedAt` is in milliseconds since the epoch. */
export interface AttributeValues {
  jobId: string | null;
  status: string | null;
  account: string | null;
  health: Health;
  startedAt: number;
}

/** What the server said, and holds. */
export interface AttributesOnServer {
  /** What is wrong with the attributes, or null; absent where the server has not been asked. */
  error?: string | null | undefined;
  /** Whatever is in here the namespace has: it came with the start of the workflow, or was set since. */
  set: { [Name in keyof AttributeValues]?: AttributeValues[Name] | undefined };
}

/** A state that keeps them. Absent until something is known of them. */
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

/** The option. */
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
 * Says what a namespace lacks of the search attributes; null where it has them all, and each of the type that it must be.
 * @param typeOf The type of a registered search attribute
 */
export function attributesError(names: AttributeNames, typeOf: (name: string) => string | undefined): string | null {
  const wrong = KEYS.filter((key) => typeOf(names[key]) !== ATTRIBUTE_TYPES[key]).map((key) => {
    const type = typeOf(names[key]);
    return `${names[key]} (${ATTRIBUTE_TYPES[key]}${type === undefined ? '' : `, not ${type}`})`;
  });
  return wrong.length === 0 ? null : `The namespace lacks search attributes: ${wrong.join(', ')}`;
}

/** Where the server keeps its lists in a database, it takes no longer keyword. */
const MAX_CHARACTERS = 200;

/** As the value of an attribute: accounts and statuses come from outside. */
export function keyword(text: string | null | undefined): string | null {
  return text ? text.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_CHARACTERS) : null;
}

/** Notes what an activity reported about the search attributes. Activities ask again until nothing is wrong. */
export function withAttributes<State extends WithAttributes>(state: State, error: string | null): State {
  return { ...state, attributes: { error, set: state.attributes?.set ?? {} } };
}

/** Whether the next activity asks what the server knows of the search attributes. */
export function attributesToAsk(
  { attributes }: WithAttributes,
  names: AttributeNames | null | undefined,
): AttributeNames | undefined {
  return names && attributes?.error !== null ? names : undefined;
}

/** Attributes to set: those that changed and that the namespace may have. `startedAt` is set once. */
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

/** Notes that they were set. */
export function attributesSet<State extends WithAttributes>(state: State, values: Partial<AttributeValues>): State {
  const { set = {}, ...attributes } = state.attributes ?? {};
  return { ...state, attributes: { ...attributes, set: { ...set, ...values } } };
}

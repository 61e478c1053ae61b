import { anyThat, type Rule } from '../option-rules';
import { ATTRIBUTE_NAMES, ATTRIBUTE_TYPES } from '../names';
import { isObject } from '../values';

/** The names that hold for a wait. */
export type AttributeNames = Record<keyof typeof ATTRIBUTE_NAMES, string>;

const KEYS = Object.keys(ATTRIBUTE_NAMES) as (keyof AttributeNames)[];

/**
 * How a wait is: its checks are answered, the same with a job whose files stand still, fail for whatever reason, are refused for the key, or are
 * taken by no worker.
 */
export type WaitHealth = 'ok' | 'stalled' | 'failing' | 'refused key' | 'no worker';

/** What a wait tells; null for what it does not know. Plain data: `startedAt` is in milliseconds since the epoch. */
export interface AttributeValues {
  jobId: string | null;
  status: string | null;
  account: string | null;
  health: WaitHealth;
  startedAt: number;
}

/** What the server said, and was told since. */
export interface AttributesOnServer {
  /** Why nothing can be told; null where it can. */
  error: string | null;
  told: { [Name in keyof AttributeValues]?: AttributeValues[Name] | undefined };
}

const NAME = /^[A-Za-z][\w-]{0,63}$/;

const NAMES = anyThat('names', (value): value is Partial<AttributeNames> => {
  const isGood = ([key, name]: [string, unknown]) =>
    name === undefined ||
    name === null ||
    (Object.hasOwn(ATTRIBUTE_NAMES, key) && typeof name === 'string' && NAME.test(name));
  return isObject(value) && Object.entries(value).every(isGood) && areDistinct(named(value));
});

/** The option of a wait. */
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
 * Says what a namespace lacks of the search attributes of a wait; null where it has them all, and each of the type that it must be.
 * @param typeOf The type of a registered search attribute
 */
export function attributesError(names: AttributeNames, typeOf: (name: string) => string | undefined): string | null {
  const wrong = KEYS.filter((key) => typeOf(names[key]) !== ATTRIBUTE_TYPES[key]).map((key) => {
    const type = typeOf(names[key]);
    return `${names[key]} (${ATTRIBUTE_TYPES[key]}${type === undefined ? '' : `, not ${type}`})`;
  });
  return wrong.length === 0 ? null : `The namespace lacks search attributes: ${wrong.join(', ')}`;
}

import { type AttributeValues, keyword, type WithAttributes } from './attributes';

/**
 * Values of the search attributes at the start of a workflow. Lists of workflows find it before any activity has answered, and the workflow knows
 * that the namespace has these attributes.
 */
export function attributesAtStart(
  given: { account?: string | undefined; jobId?: string | null | undefined },
  now: number,
): Partial<AttributeValues> {
  const { jobId = null } = given;
  const values = { jobId, account: keyword(given.account), health: 'ok', startedAt: now };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** The values whose search attributes the namespace is known to have. */
export function knownAttributes(
  { attributes }: WithAttributes,
  values: Partial<AttributeValues>,
): Partial<AttributeValues> {
  const { error, set = {} } = attributes ?? {};
  const isKnown = ([key]: [string, unknown]) => error === null || set[key as keyof AttributeValues] !== undefined;
  return Object.fromEntries(Object.entries(values).filter(isKnown));
}

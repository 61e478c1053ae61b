import { type AttributeValues, keyword, type WithAttributes } from './attributes';

/** What a workflow is started with, so that lists find it before any activity has answered, and it knows that the namespace has these. */
export function attributesAtStart(
  given: { account?: string | undefined; jobId?: string | null | undefined },
  now: number,
): Partial<AttributeValues> {
  const { jobId = null } = given;
  const values = { jobId, account: keyword(given.account), health: 'ok', startedAt: now };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** Those of them that the namespace is known to have. */
export function knownAttributes(
  { attributes }: WithAttributes,
  values: Partial<AttributeValues>,
): Partial<AttributeValues> {
  const { error, set = {} } = attributes ?? {};
  const isKnown = ([key]: [string, unknown]) => error === null || set[key as keyof AttributeValues] !== undefined;
  return Object.fromEntries(Object.entries(values).filter(isKnown));
}

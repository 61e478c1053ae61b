// Which search attributes a wait, a run or a batch may set, and what of them changed.
import { describe, expect, it, test } from 'vitest';
import { durationToMs } from '../../src/common/duration';
import {
  type AttributeNames,
  attributesError,
  attributesToAsk,
  attributesSet,
  attributesToSet,
  type AttributeValues,
  withAttributes,
} from '../../src/core/attributes';
import { attributesAtStart, knownAttributes } from '../../src/core/attributes-at-start';
import { ATTRIBUTE_NAMES, ATTRIBUTE_TYPES } from '../../src/core/names';
import { INITIAL_WAIT_OPTIONS, type WaitOptionsInput } from '../../src/core/wait/options';
import { resolveWaitOptions } from '../../src/core/wait/resolve-options';

const resolve = (searchAttributes: WaitOptionsInput['searchAttributes']) =>
  resolveWaitOptions({ searchAttributes }, durationToMs).searchAttributes;

describe('the option', () => {
  it('stands for the usual names, for others of some, or for none', () => {
    expect(resolve(true)).toEqual(ATTRIBUTE_NAMES);
    expect(resolve({ health: 'State' })).toEqual({ ...ATTRIBUTE_NAMES, health: 'State' });
    for (const none of [false, undefined]) expect(resolve(none)).toBeNull();
    expect(INITIAL_WAIT_OPTIONS.searchAttributes).toBeNull();
  });

  it.each([
    'yes',
    1,
    [],
    { health: '' },
    { health: 'a b' },
    { health: 5 },
    { stage: 'Stage' },
    { health: 'Same', status: 'Same' },
    { health: ATTRIBUTE_NAMES.jobId },
  ] as never[])('is refused as %j', (value) => {
    expect(() => resolve(value)).toThrow(/^Option searchAttributes must be true, false, or an object with names/);
  });
});

describe('what a namespace lacks', () => {
  const types: Record<string, string> = Object.fromEntries(
    Object.entries(ATTRIBUTE_TYPES).map(([key, type]) => [ATTRIBUTE_NAMES[key as keyof AttributeNames], type]),
  );

  it('is nothing, or told by name and type', () => {
    expect(attributesError(ATTRIBUTE_NAMES, (name) => types[name])).toBeNull();
    const others: Record<string, string | undefined> = { UnstructuredHealth: undefined, UnstructuredJobId: 'Text' };
    expect(attributesError(ATTRIBUTE_NAMES, (name) => (name in others ? others[name] : types[name]))).toBe(
      'The namespace lacks search attributes: UnstructuredJobId (Keyword, not Text), UnstructuredHealth (Keyword)',
    );
  });

  it('is asked for until it is nothing, and only where the option says so', () => {
    expect(attributesToAsk({}, null)).toBeUndefined();
    expect(attributesToAsk({}, ATTRIBUTE_NAMES)).toBe(ATTRIBUTE_NAMES);
    expect(attributesToAsk({ attributes: { set: { health: 'ok' } } }, ATTRIBUTE_NAMES)).toBe(ATTRIBUTE_NAMES);
    const lacking = withAttributes({}, 'The namespace lacks search attributes: …');
    expect(attributesToAsk(lacking, ATTRIBUTE_NAMES)).toBe(ATTRIBUTE_NAMES);
    expect(attributesToAsk(withAttributes(lacking, null), ATTRIBUTE_NAMES)).toBeUndefined();
  });
});

const VALUES: Partial<AttributeValues> = { jobId: null, account: 'eu', health: 'ok', startedAt: 1_000 };
const known = withAttributes({}, null);
const told = attributesSet(known, attributesToSet(known, VALUES));

describe('what is told', () => {
  it('is nothing before the server has the attributes', () => {
    expect(attributesToSet({}, VALUES)).toEqual({});
    expect(attributesToSet(withAttributes({}, 'an error'), VALUES)).toEqual({});
  });

  it('is all that is known, once, and then what changed', () => {
    expect(attributesToSet(known, VALUES)).toEqual({ account: 'eu', health: 'ok', startedAt: 1_000 });
    expect(attributesToSet(told, VALUES)).toEqual({});
    expect(attributesToSet(told, { ...VALUES, status: 'SCHEDULED', health: 'failing' })).toEqual({
      status: 'SCHEDULED',
      health: 'failing',
    });
    const failing = attributesSet(told, { health: 'failing' });
    expect(attributesToSet(failing, { ...VALUES, health: 'failing' })).toEqual({});
    expect(attributesToSet(failing, VALUES)).toEqual({ health: 'ok' });
  });

  it('says once when it began: a wait within a run began later than the run', () => {
    expect(attributesToSet(told, { ...VALUES, startedAt: 2_000 })).toEqual({});
  });

  it.each([undefined, 'The namespace lacks search attributes: UnstructuredJobStatus (Keyword)'])(
    'is what the start of the workflow had, where the server was not asked or lacks others: %s',
    (error) => {
      const started = { attributes: { error, set: attributesAtStart({ account: 'eu' }, 1_000) } };
      expect(attributesToSet(started, VALUES)).toEqual({});
      expect(attributesToSet(started, { ...VALUES, status: 'SCHEDULED', health: 'no worker' })).toEqual({
        health: 'no worker',
      });
      expect(withAttributes(started, null)).toEqual({ attributes: { error: null, set: started.attributes.set } });
    },
  );
});

test('a workflow is started with what is known then, in one line, and short enough for a database', () => {
  expect(attributesAtStart({ jobId: null }, 1_000)).toEqual({ health: 'ok', startedAt: 1_000 });
  const { account, ...others } = attributesAtStart({ account: `a\n${'é'.repeat(500)}`, jobId: 'id' }, 1_000);
  expect(others).toEqual({ jobId: 'id', health: 'ok', startedAt: 1_000 });
  expect([account?.length, account?.slice(0, 3)]).toEqual([200, 'a é']);
});

test('a child is started with those alone that the namespace is known to have', () => {
  const values = attributesAtStart({ account: 'eu' }, 1_000);
  expect(knownAttributes({}, values)).toEqual({});
  expect(knownAttributes(withAttributes({}, 'an error'), values)).toEqual({});
  expect(knownAttributes(known, values)).toEqual(values);
  expect(knownAttributes({ attributes: { set: { health: 'no worker' } } }, values)).toEqual({ health: 'ok' });
});

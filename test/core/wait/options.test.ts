import { describe, expect, it, test } from 'vitest';
import { UnstructuredValidationError } from '../../../src/core/errors';
import { show } from '../../../src/core/values';
import { DEFAULT_WAIT_OPTIONS, INITIAL_WAIT_OPTIONS } from '../../../src/core/wait/options';
import { resolveWaitOptions, WAIT_OPTION_NAMES } from '../../../src/core/wait/resolve-options';
import { DAY, HOUR, MINUTE, SECOND } from '../fixtures';

const toMs = (value: unknown) => (value === '50 minutes' ? 50 * MINUTE : typeof value === 'number' ? value : undefined);
const resolve = (options: Record<string, unknown>) => resolveWaitOptions(options, toMs);

it('has one default for each option', () => {
  expect(resolve({})).toEqual({
    version: 1,
    files: 'all',
    queueLimit: null,
    runLimit: null,
    totalLimit: null,
    stallLimit: null,
    minimumGap: 10 * SECOND,
    maximumGap: 60 * SECOND,
    queuedMaximumGap: 5 * MINUTE,
    gapFraction: 0.1,
    gapJitter: 0.1,
    safetyGap: null,
    notFoundGrace: 60 * SECOND,
    credentialBudget: HOUR,
    requestErrorBudget: HOUR,
    outageBudget: 12 * HOUR,
    unknownStatusBudget: DAY,
    onCancel: 'leave',
    onLimit: 'leave',
    confirmLimit: 5 * MINUTE,
    failedFiles: 'return',
    maxResultBytes: 1.5 * 1_024 * 1_024,
    continueAsNewAfterEvents: 1_000,
    searchAttributes: null,
  });
});

it('keeps the defaults in one object that nobody can change', () => {
  expect(resolve({})).toEqual(DEFAULT_WAIT_OPTIONS);
  expect(Object.isFrozen(DEFAULT_WAIT_OPTIONS)).toBe(true);
  expect(['version', ...WAIT_OPTION_NAMES]).toEqual(Object.keys(DEFAULT_WAIT_OPTIONS));
});

it.each(WAIT_OPTION_NAMES)('takes undefined and null for %s as not given', (name) => {
  expect(resolve({ [name]: undefined })).toEqual(DEFAULT_WAIT_OPTIONS);
  expect(resolve({ [name]: null })).toEqual(DEFAULT_WAIT_OPTIONS);
});

const durations = WAIT_OPTION_NAMES.filter((name) => /(Limit|Gap|Grace|Budget)$/.test(name) && name !== 'onLimit');
const budgets = durations.filter((name) => /(Grace|Budget)$/.test(name));
const fromOneSecond = durations.filter((name) => !budgets.includes(name));

describe.each(durations)('%s', (name) => {
  const [longest, told] = name === 'confirmLimit' ? [HOUR, '3600 s'] : [3_650 * DAY, '3650 days'];

  it('is a duration, kept in milliseconds', () => {
    expect(resolve({ [name]: '50 minutes', ...(name === 'minimumGap' && { maximumGap: DAY }) })).toMatchObject({
      [name]: 50 * MINUTE,
    });
  });

  it(`is at most ${told}`, () => {
    expect(resolve({ [name]: longest })).toMatchObject({ [name]: longest });
    expect(() => resolve({ [name]: longest + 1 })).toThrow(`Option ${name} must be a duration`);
  });

  it('is refused where it is no duration', () => {
    expect(() => resolve({ [name]: 'soon' })).toThrow(UnstructuredValidationError);
    expect(() => resolve({ [name]: 'soon' })).toThrow(
      new RegExp(
        `^Option ${name} must be a duration.* and at most ${told}, such as '90 minutes' or .*; got "soon"\\.$`,
      ),
    );
  });
});

test.each(fromOneSecond)('%s is at least a second', (name) => {
  expect(resolve({ minimumGap: SECOND, [name]: SECOND })).toMatchObject({ [name]: SECOND });
  expect(() => resolve({ [name]: 999 })).toThrow(`Option ${name} must be a duration of at least 1 s and`);
});

test.each(budgets)('%s may be 0', (name) => {
  expect(resolve({ [name]: 0 })).toMatchObject({ [name]: 0 });
  expect(() => resolve({ [name]: -1 })).toThrow(`Option ${name} must be a duration and at most`);
});

test.each([
  ['files', 'final', 'none'],
  ['gapFraction', 0.001, 1],
  ['gapJitter', 0, 1],
  ['maxResultBytes', 1_024, 2 ** 31],
  ['continueAsNewAfterEvents', 50, 50_000],
])('%s may be %j and %j', (name, one, other) => {
  expect(resolve({ [name]: one })).toMatchObject({ [name]: one });
  expect(resolve({ [name]: other })).toMatchObject({ [name]: other });
});

it.each([
  ['files', 'last', "'all', 'final' or 'none'"],
  ['files', 1, "'all', 'final' or 'none'"],
  ['gapFraction', 0, 'a number above 0 and at most 1'],
  ['gapFraction', 1.001, 'a number above 0 and at most 1'],
  ['gapFraction', NaN, 'a number above 0 and at most 1'],
  ['gapFraction', '0.1', 'a number above 0 and at most 1'],
  ['gapJitter', -0.001, 'a number from 0 to 1'],
  ['gapJitter', 1.001, 'a number from 0 to 1'],
  ['maxResultBytes', 1_023, 'a whole number from 1024 to 2147483648'],
  ['maxResultBytes', 2 ** 31 + 1, 'a whole number from 1024 to 2147483648'],
  ['maxResultBytes', 2_000.5, 'a whole number from 1024 to 2147483648'],
  ['maxResultBytes', '2000', 'a whole number from 1024 to 2147483648'],
  ['continueAsNewAfterEvents', 49, 'a whole number from 50 to 50000'],
  ['continueAsNewAfterEvents', 50_001, 'a whole number from 50 to 50000'],
])('names option and value of %s: %j', (name, value, expected) => {
  expect(() => resolve({ [name]: value })).toThrow(UnstructuredValidationError);
  expect(() => resolve({ [name]: value })).toThrow(`Option ${name} must be ${expected}; got ${show(value)}.`);
});

it.each(['pollInterval', 'version', 'constructor', 'jobID'])(
  'refuses the unknown option %s and lists the known',
  (name) => {
    expect(() => resolve({ [name]: 1 })).toThrow(UnstructuredValidationError);
    expect(() => resolve({ [name]: 1 })).toThrow(`Unknown option ${name}; known are files, queueLimit, runLimit,`);
  },
);

describe.each(['maximumGap', 'queuedMaximumGap'] as const)('%s', (name) => {
  it('is raised to a longer minimum gap where it was not given', () => {
    expect(resolve({ minimumGap: HOUR })[name]).toBe(HOUR);
  });

  it('is refused where it was given and is shorter', () => {
    expect(() => resolve({ minimumGap: HOUR, [name]: HOUR - 1 })).toThrow(
      `Option ${name} (3599999 ms) must not be shorter than minimumGap (3600000 ms).`,
    );
    expect(resolve({ minimumGap: HOUR, [name]: HOUR })[name]).toBe(HOUR);
  });
});

const circular: Record<string, unknown> = {};
circular['self'] = circular;

it.each([
  ['text', 'soon', '"soon"'],
  ['a number', 5, '5'],
  ['no number', NaN, 'NaN'],
  ['an object', { a: 1 }, '{"a":1}'],
  ['nothing', undefined, 'undefined'],
  ['a function', () => 1, 'function'],
  ['a big integer', 5n, 'bigint'],
  ['a circular object', circular, 'object'],
  ['text of 78 characters', 'x'.repeat(78), `"${'x'.repeat(78)}"`],
  ['longer text', 'x'.repeat(79), `"${'x'.repeat(79)}…`],
])('shows %s in a message', (_, value, text) => {
  expect(show(value)).toBe(text);
});

test.each([
  ['onCancel', ['leave', 'cancel'], "'leave' or 'cancel'"],
  ['onLimit', ['leave', 'cancel'], "'leave' or 'cancel'"],
  ['failedFiles', ['return', 'fail', 'off'], "'return', 'fail' or 'off'"],
] as const)('%s is one of a few words', (name, words, expected) => {
  for (const word of words) expect(resolve({ [name]: word })).toMatchObject({ [name]: word });
  expect(() => resolve({ [name]: 'stop' })).toThrow(`Option ${name} must be ${expected}; got "stop".`);
});

it('never changes what holds until a history says otherwise', () => {
  expect(INITIAL_WAIT_OPTIONS).toEqual({
    version: 1,
    files: 'all',
    queueLimit: null,
    runLimit: null,
    totalLimit: null,
    stallLimit: null,
    minimumGap: 10 * SECOND,
    maximumGap: MINUTE,
    queuedMaximumGap: 5 * MINUTE,
    gapFraction: 0.1,
    gapJitter: 0.1,
    safetyGap: null,
    notFoundGrace: MINUTE,
    credentialBudget: HOUR,
    requestErrorBudget: HOUR,
    outageBudget: 12 * HOUR,
    unknownStatusBudget: 24 * HOUR,
    onCancel: 'leave',
    onLimit: 'leave',
    confirmLimit: 5 * MINUTE,
    failedFiles: 'return',
    maxResultBytes: 1_572_864,
    continueAsNewAfterEvents: 1_000,
    searchAttributes: null,
  });
});

it.each([
  ['a longer minimum', { minimumGap: HOUR }, { maximumGap: 20 * SECOND }, [20, 20, 300]],
  ['shorter maxima', { maximumGap: SECOND, queuedMaximumGap: SECOND }, { minimumGap: 20 * SECOND }, [20, 20, 20]],
])('refuses no gap for other defaults: %s gives way', (_, others, given, [minimum, maximum, queued]) => {
  const defaults = { ...DEFAULT_WAIT_OPTIONS, ...others };
  expect(resolveWaitOptions(given, toMs, defaults)).toMatchObject({
    minimumGap: minimum! * SECOND,
    maximumGap: maximum! * SECOND,
    queuedMaximumGap: queued! * SECOND,
  });
});

it('accepts no gap for other defaults, either', () => {
  const defaults = { ...DEFAULT_WAIT_OPTIONS, minimumGap: SECOND };
  expect(() => resolveWaitOptions({ maximumGap: 5 * SECOND }, toMs, defaults)).toThrow(/maximumGap \(5000 ms\)/);
});

import { expect, it, test } from 'vitest';
import {
  DEFAULT_START_OPTIONS,
  INITIAL_START_OPTIONS,
  resolveStartOptions,
  START_OPTION_NAMES,
} from '../../../src/core/start/options';
import { DEFAULT_WAIT_OPTIONS } from '../../../src/core/wait/options';
import { HOUR, MINUTE, SECOND } from '../fixtures';

const toMs = (value: unknown) => (typeof value === 'number' ? value : undefined);
const resolve = (options: object) => resolveStartOptions(options, toMs);

it('has one default for each option, in an object that nobody can change', () => {
  expect(resolve({})).toEqual({
    version: 1,
    startToken: true,
    whenBusy: 'wait',
    startBudget: 24 * HOUR,
    startOutageBudget: 12 * HOUR,
    startSpacing: SECOND,
    maxDocuments: 10,
    maxDocumentBytes: 50 * 1_024 * 1_024,
    onRefused: 'fail',
    uploadTimeout: HOUR,
    startTaskQueue: null,
    confirmLimit: 5 * MINUTE,
    credentialBudget: HOUR,
  });
  expect(Object.isFrozen(DEFAULT_START_OPTIONS)).toBe(true);
});

it.each([
  ['startToken', false],
  ['whenBusy', 'adopt'],
  ['whenBusy', 'fail'],
  ['startBudget', 0],
  ['startOutageBudget', 0],
  ['startSpacing', 0],
  ['maxDocuments', 1],
  ['maxDocumentBytes', 1],
  ['uploadTimeout', 10 * SECOND],
  ['startTaskQueue', 'starts'],
  ['confirmLimit', SECOND],
])('takes %s: %j', (name, value) => {
  expect(resolve({ [name]: value })).toEqual({ ...DEFAULT_START_OPTIONS, [name]: value });
});

it.each([
  ['startToken', 'yes', 'true or false; got "yes"'],
  ['whenBusy', 'later', "'wait', 'adopt' or 'fail'; got \"later\""],
  [
    'startBudget',
    'long',
    'a duration and at most 3650 days, such as \'90 minutes\' or a number of milliseconds; got "long"',
  ],
  ['maxDocuments', 0, 'a whole number of at least 1; got 0'],
  ['maxDocuments', 1.5, 'a whole number of at least 1; got 1.5'],
  ['maxDocumentBytes', '50 MB', 'a whole number of at least 1; got "50 MB"'],
  ['uploadTimeout', 9_999, 'a duration of at least 10 s'],
  ['startTaskQueue', '', 'a string that is not empty; got ""'],
  ['startTaskQueue', 7, 'a string that is not empty; got 7'],
  ['confirmLimit', 999, 'a duration of at least 1 s'],
])('refuses %s: %j by name and value', (name, value, expected) => {
  expect(() => resolve({ [name]: value })).toThrow(`Option ${name} must be ${expected}`);
});

it('takes null for not given, and leaves to others what is none of its own', () => {
  expect(resolve({ maxDocuments: null, whenBusy: undefined, runLimit: 'anything' })).toEqual(DEFAULT_START_OPTIONS);
});

it('shares with the wait the options that are both’s', () => {
  const shared = ['confirmLimit', 'credentialBudget'] as const;
  for (const name of shared) expect(START_OPTION_NAMES).not.toContain(name);
  for (const name of shared) expect(DEFAULT_START_OPTIONS[name]).toBe(DEFAULT_WAIT_OPTIONS[name]);
  expect(['version', ...START_OPTION_NAMES, ...shared].sort()).toEqual(Object.keys(DEFAULT_START_OPTIONS).sort());
});

test('what holds until a history says otherwise never changes', () => {
  expect(INITIAL_START_OPTIONS).toEqual({
    version: 1,
    startToken: true,
    whenBusy: 'wait',
    startBudget: 86_400_000,
    startOutageBudget: 43_200_000,
    startSpacing: 1_000,
    maxDocuments: 10,
    maxDocumentBytes: 52_428_800,
    onRefused: 'fail',
    uploadTimeout: 3_600_000,
    startTaskQueue: null,
    confirmLimit: 300_000,
    credentialBudget: 3_600_000,
  });
});

// Options that are wrong are refused when the plugin is made, in words that never show a key.
import { expect, test } from 'vitest';
import { UnstructuredPlugin, UnstructuredValidationError, type UnstructuredPluginOptions } from '../../src';

const apiKey = 'a-very-secret-key';

const BAD: [name: string, options: unknown, message: RegExp][] = [
  ['nothing', undefined, /^The options must be an object with an apiKey or accounts; got undefined\.$/],
  ['a key alone', apiKey, /^The options must be an object .*; got string\.$/],
  ['no key', {}, /apiKey must be a string or a function/],
  ['an empty key', { apiKey: '' }, /apiKey must not be empty/],
  ['a key of two lines', { apiKey: `${apiKey}\n` }, /apiKey must be one line/],
  ['an unknown option', { apiKey, baseurl: 'https://example.com' }, /Unknown option baseurl.*baseUrl/],
  ['a key in the wrong place', { apiKey, [apiKey]: true }, /Unknown option/],
  ['a base URL that is none', { apiKey, baseUrl: 'example.com' }, /baseUrl/],
  ['plain http to another machine', { apiKey, baseUrl: 'http://example.com' }, /http/],
  ['a time-out that is none', { apiKey, timeouts: { total: 'soon' } }, /timeouts\.total must be a duration/],
  ['a watch that is none', { apiKey, watch: true }, /^Option watch must be false or an object such as .*; got true\.$/],
  [
    'a tick that is none',
    { apiKey, watch: { tick: 'often' } },
    /^Option watch\.tick must be a duration.*; got "often"\.$/,
  ],
  ['a tick too short', { apiKey, watch: { tick: 999 } }, /^Option watch\.tick .* at least 1 s .*; got 999\.$/],
  [
    'a tick too long',
    { apiKey, watch: { tick: '61 seconds' } },
    /^Option watch\.tick .* at most 60 s.*; got "61 seconds"\.$/,
  ],
  ['an unknown option of the watch', { apiKey, watch: { tik: 1_000 } }, /Unknown option watch\.tik/],
  ['a rate that is none', { apiKey, maxRequestsPerSecond: 0 }, /^Option maxRequestsPerSecond must be .*; got 0\.$/],
  ['no accounts', { accounts: {} }, /accounts must name at least one/],
  [
    'accounts that are no object',
    { accounts: apiKey },
    /^Option accounts must be an object of options by name; got string/,
  ],
  [
    'an option beside accounts',
    { accounts: { eu: { apiKey } }, baseUrl: 'https://x.y' },
    /Option baseUrl cannot stand/,
  ],
  ['null', null, /^The options must be an object .*; got null\.$/],
  ['a list', [{ apiKey }], /^The options must be an object .*; got an array\.$/],
  ['accounts that are null', { accounts: null }, /^Option accounts must be an object .*; got null\.$/],
  ['accounts in a list', { accounts: [{ apiKey }] }, /^Option accounts must be an object .*; got an array\.$/],
  [
    'an account without options',
    { accounts: { eu: undefined } },
    /^Account "eu": The client's options must be an object; got undefined\.$/,
  ],
  [
    'an account of null',
    { accounts: { eu: { apiKey }, us: null } },
    /^Account "us": The client's options must be an object; got null\.$/,
  ],
  ['documents that are null', { apiKey, documents: null }, /^Option documents must be an object; got null\.$/],
  ['documents that are a number', { apiKey, documents: 7 }, /^Option documents must be an object; got 7\.$/],
  ['outputs that are a text', { apiKey, outputs: 'x' }, /^Option outputs must be an object; got "x"\.$/],
  [
    'a folder instead of a list',
    { apiKey, documents: { folders: '/a' } },
    /^Option documents\.folders must be a list of absolute paths; got "\/a"\.$/,
  ],
  [
    'a wrong account',
    { accounts: { eu: { apiKey }, us: { apiKey: 7 } } },
    /^Account "us": Option apiKey must be a string/,
  ],
];

test.each(BAD)('%s', (_name, options, message) => {
  let error: unknown;
  try {
    new UnstructuredPlugin(options as UnstructuredPluginOptions);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(UnstructuredValidationError);
  expect((error as Error).message).toMatch(message);
  expect(String((error as Error).stack)).not.toContain(apiKey);
});

test('an option that is undefined counts as not given', () => {
  const none = { accounts: undefined, documents: undefined, outputs: undefined, baseurl: undefined };
  expect(() => new UnstructuredPlugin({ apiKey, ...none })).not.toThrow();
  const accounts = { eu: { apiKey, baseUrl: undefined } };
  const beside = { apiKey: undefined, baseUrl: undefined, accounts };
  expect(() => new UnstructuredPlugin(beside as UnstructuredPluginOptions)).not.toThrow();
});

// How requests leave the worker is said once: for the API, and for https documents.
import { Agent } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UnstructuredPlugin } from '../../src';
import { Accounts, type AccountsOptions } from '../../src/api/accounts';

const apiKey = 'planted-key';
const ORIGINS = ['https://files.example.com'];

function agent(): Agent {
  const one = new Agent();
  onTestFinished(() => one.destroy());
  return one;
}

const networkOf = (options: AccountsOptions, origins = ORIGINS) => {
  const accounts = new Accounts(options);
  onTestFinished(() => accounts.close());
  return accounts.networkOf(origins);
};

test('documents go as the one account does', () => {
  const dispatcher = agent();
  expect(networkOf({ apiKey })).toEqual({});
  expect(networkOf({ apiKey, proxy: 'env' })).toMatchObject({ proxy: 'env' });
  expect(networkOf({ apiKey, dispatcher }).dispatcher).toBe(dispatcher);
});

test('documents go as all accounts do, or as is said beside them', () => {
  const dispatcher = agent();
  expect(networkOf({ accounts: { a: { apiKey, proxy: 'env' }, b: { apiKey, proxy: 'env' } } })).toEqual({
    proxy: 'env',
  });
  expect(networkOf({ accounts: { a: { apiKey }, b: { apiKey, proxy: 'none' } } }).dispatcher).toBeUndefined();
  expect(networkOf({ proxy: 'none', accounts: { a: { apiKey, proxy: 'env' } } })).toEqual({ proxy: 'none' });
  expect(networkOf({ dispatcher, accounts: { a: { apiKey, proxy: 'env' } } }).dispatcher).toBe(dispatcher);
});

test('accounts that differ must say how documents go, where there are any', () => {
  const options: AccountsOptions = { accounts: { a: { apiKey, proxy: 'env' }, b: { apiKey } } };
  expect(() => networkOf(options)).toThrow(/The accounts differ in proxy or dispatcher/);
  expect(networkOf(options, [])).toEqual({});
  expect(() => new UnstructuredPlugin({ ...options, documents: { origins: ORIGINS } })).toThrow(/differ/);
  expect(() => new UnstructuredPlugin({ ...options, proxy: 'env', documents: { origins: ORIGINS } })).not.toThrow();
});

describe('beside accounts', () => {
  const accounts = { a: { apiKey } };

  test.each<[string, object, RegExp]>([
    [
      'a proxy that is none',
      { proxy: 'http://proxy' },
      /^Option proxy must be 'env' or 'none'; got "http:\/\/proxy"\.$/,
    ],
    ['a dispatcher that is none', { dispatcher: {} }, /^Option dispatcher must be an undici Dispatcher; got object\.$/],
    ['both', { proxy: 'env', dispatcher: { dispatch: () => true } }, /proxy 'env' has no effect on a dispatcher/],
    ['any other option', { connections: 3 }, /Option connections cannot stand beside accounts/],
  ])('%s is refused', (_, options, message) => {
    expect(() => new UnstructuredPlugin({ ...options, accounts })).toThrow(message);
  });

  test('what is said holds for each account that says nothing', async () => {
    const asked: unknown[] = [];
    const dispatch = (request: { origin?: unknown }) => {
      asked.push(request.origin);
      throw new Error('no network here');
    };
    const both = new Accounts({ dispatcher: { dispatch }, accounts: { a: { apiKey }, b: { apiKey, proxy: 'none' } } });
    await expect(both.client('a').getJob('2f1c9d1e-7e8d-4c7b-9f51-0a5d3c1b2e4f')).rejects.toThrow();
    expect(asked).toEqual(['https://platform.unstructuredapp.io']);
    expect(() => both.client('b')).not.toThrow();
    await both.close();
  });
});

// What a dispatcher fails with before it sends anything is a wrong set-up, no outage, where a server can't be why: to the API and for documents.
import { runInNewContext } from 'node:vm';
import type { Dispatcher } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UnstructuredConnectionError, UnstructuredValidationError } from '../../src/core/errors';
import { Storage } from '../../src/storage/storage';
import { getJobError } from '../api/support';

type Fails = 'at once' | 'later';

/** Fails with that, thrown or told. */
function failing(how: Fails, make: () => unknown): Dispatcher {
  const dispatch = (_request: unknown, handler: Dispatcher.DispatchHandler) => {
    if (how === 'at once') throw make();
    setImmediate(() => handler.onResponseError?.(undefined as never, make() as Error));
    return true;
  };
  return { dispatch } as never;
}

const coded = (code: string, error = new Error('secret words')) => Object.assign(error, { code });

function documentError(dispatcher: Dispatcher): Promise<unknown> {
  const origin = 'https://files.invalid';
  const storage = new Storage({ documents: { origins: [origin] } }, { dispatcher });
  onTestFinished(() => storage.close());
  const { signal } = new AbortController();
  return storage.openDocument(`${origin}/a.pdf`, { signal, maxBytes: 10 }).then(String, (error: unknown) => error);
}

describe.each<Fails>(['at once', 'later'])('%s', (how) => {
  test.each<[string, () => unknown, RegExp]>([
    ['undici 6 refuses a handler', () => coded('UND_ERR_INVALID_ARG'), /must be one of undici 7 or 8/],
    ['undici refuses an option', () => coded('UND_ERR_NOT_SUPPORTED'), /must be one of undici 7 or 8/],
    ['a TypeError', () => new TypeError('secret words'), /\(TypeError\); that is a wrong set-up, not an outage/],
    ['a RangeError', () => new RangeError('secret words'), /\(RangeError\); that is a wrong set-up/],
    ['a ReferenceError', () => new ReferenceError('secret words'), /\(ReferenceError\); that is a wrong set-up/],
    ['a SyntaxError', () => new SyntaxError('secret words'), /\(SyntaxError\); that is a wrong set-up/],
    ['one of another realm', () => runInNewContext(`new TypeError('secret words')`) as unknown, /wrong set-up/],
    ['an option of a connection', () => coded('ERR_INVALID_ARG_TYPE', new TypeError('secret words')), /wrong set-up/],
    ['a key that is none', () => coded('ERR_OSSL_PEM_NO_START_LINE'), /keys or certificates .* can't be used/],
  ])('%s is a wrong set-up', async (_, make, message) => {
    const error = await getJobError('https://unstructured.example', { dispatcher: failing(how, make) });
    const ofDocument = await documentError(failing(how, make));
    for (const one of [error, ofDocument]) {
      expect(one).toBeInstanceOf(UnstructuredValidationError);
      expect(one).toMatchObject({ message: expect.stringMatching(message) as unknown, details: { notSent: true } });
      expect(String(one)).not.toContain('secret');
    }
  });

  test.each<[string, () => unknown, string | undefined]>([
    ['a refused connection', () => coded('ECONNREFUSED'), 'ECONNREFUSED'],
    [
      'one of another realm',
      () => runInNewContext(`Object.assign(new Error(''), { code: 'EPIPE' })`) as unknown,
      'EPIPE',
    ],
    ['what fetch makes of it', () => new TypeError('fetch failed', { cause: coded('ENOTFOUND') }), 'ENOTFOUND'],
    ['an error without a code', () => new Error('secret words'), undefined],
    ['a certificate that is not trusted', () => coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('%s is none, and tells its code', async (_, make, code) => {
    const error = await getJobError('https://unstructured.example', { dispatcher: failing(how, make) });
    expect(error).toBeInstanceOf(UnstructuredConnectionError);
    expect(error.details.code).toBe(code);
    expect(await documentError(failing(how, make))).not.toBeInstanceOf(UnstructuredValidationError);
  });
});

test('a TypeError that comes after the request was sent may be the server’s doing', async () => {
  const dispatch = (_request: unknown, handler: Dispatcher.DispatchHandler) => {
    handler.onRequestStart?.({ abort: () => undefined } as never, undefined);
    handler.onResponseError?.({} as never, new TypeError('x'));
    return true;
  };
  const error = await getJobError('https://unstructured.example', { dispatcher: { dispatch } });
  expect(error).toBeInstanceOf(UnstructuredConnectionError);
  expect(error.details.notSent).toBeUndefined();
});

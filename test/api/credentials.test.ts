import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { UnstructuredClient } from '../../src/api/client';
import {
  UnstructuredAuthenticationError,
  UnstructuredConnectionError,
  UnstructuredValidationError,
} from '../../src/core/errors';
import { clientOf, errorOf, getJobError, JOB_ID, serve, wireJob } from './support';

const BAD_KEYS = [
  'bad\nsesame',
  'bad\r\nx: sesame',
  'bad sesame',
  'bad\u0000sesame',
  'bad\u20acsesame',
  'badsesame\n',
  '\u007f',
];

describe('the API key', () => {
  it.each(BAD_KEYS)('%j is refused at once, unseen', (apiKey) => {
    const create = () => new UnstructuredClient({ apiKey });
    expect(create).toThrow(UnstructuredValidationError);
    expect(create).toThrow('apiKey must be one line of visible Latin-1 characters without spaces (value not shown)');
  });

  it.each([
    ['', 'apiKey must not be empty'],
    [undefined, 'apiKey must be a string or a function that returns one; got undefined'],
    [7, 'got number'],
  ])('%o is refused', (apiKey, message) => {
    expect(() => new UnstructuredClient({ apiKey: apiKey as string })).toThrow(message);
  });

  it.each([1, 7, 8_001, 20_000, 1_000_000])('of %i characters is refused at once, unseen', (length) => {
    const apiKey = '§§§¶'.repeat(Math.ceil(length / 4)).slice(0, length);
    const bound = length < 8 ? 'at least 8 characters' : 'at most 8000 characters';
    let message = '';
    try {
      new UnstructuredClient({ apiKey });
    } catch (error) {
      message = String(error);
      expect(error).toBeInstanceOf(UnstructuredValidationError);
      expect(inspect(error, { depth: 10, showHidden: true, maxStringLength: null })).not.toContain(apiKey);
    }
    expect(message).toContain(`apiKey must have ${bound}`);
  });

  it.each([8, 8_000])('of %i characters is sent', async (length) => {
    let sent: unknown;
    const apiKey = 'k'.repeat(length);
    const url = await serve((request, response) => {
      sent = request.headers['unstructured-api-key'];
      response.end(JSON.stringify(wireJob()));
    });
    await clientOf(url, { apiKey }).getJob(JOB_ID);
    expect(sent).toBe(apiKey);
  });

  it('is not shown by the client', () => {
    const client = clientOf('http://localhost:1');
    expect(inspect(client, { depth: 10, showHidden: true })).not.toContain('plAnted');
    expect(JSON.stringify(client)).toBe('{}');
  });
});

describe('an apiKey function', () => {
  it('is asked for each request, so that a rotated key is sent', async () => {
    const sent: unknown[] = [];
    const keys = ['key-no-1', 'key-no-2', 'key-no-3'];
    const client = clientOf(
      await serve((request, response) => {
        sent.push(request.headers['unstructured-api-key']);
        response.end(JSON.stringify(wireJob()));
      }),
      { apiKey: () => (keys.length % 2 ? keys.shift()! : Promise.resolve(keys.shift()!)) },
    );
    for (let call = 0; call < 3; call++) await client.getJob(JOB_ID);
    expect(sent).toEqual(['key-no-1', 'key-no-2', 'key-no-3']);
  });

  it.each([...BAD_KEYS, '', 'sesame', 'sesame'.repeat(2_000), undefined, null, 7])(
    'that returns %j is an authentication error',
    async (key) => {
      const error = await getJobError('http://127.0.0.1:1', { apiKey: () => key as string });
      expect(error).toBeInstanceOf(UnstructuredAuthenticationError);
      expect(error.message).toContain('apiKey function');
      expect(inspect(error, { depth: 10 })).not.toContain('sesame');
    },
  );

  it('that fails is a connection error, as a secret store comes back', async () => {
    const failing = [
      () => Promise.reject(new Error('vault sealed, token=hvs.abc123')),
      () => {
        throw new Error('vault sealed, token=hvs.abc123');
      },
    ];
    for (const apiKey of failing) {
      const error = await getJobError('http://127.0.0.1:1', { apiKey });
      expect(error).toBeInstanceOf(UnstructuredConnectionError);
      expect(error.message).toContain('the apiKey function failed: vault sealed, token=hvs.abc123');
    }
  });

  it('that fails later does not give away a key that it gave before', async () => {
    let asked = 0;
    const client = clientOf(await serve((_request, response) => response.end(JSON.stringify(wireJob()))), {
      apiKey: () => {
        if (asked++ > 0) throw new Error('older-key is expired');
        return 'older-key';
      },
    });
    await client.getJob(JOB_ID);
    expect((await errorOf(client.getJob(JOB_ID))).message).toContain(
      'the apiKey function failed: [redacted] is expired',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { UnstructuredClient } from '../../src/api/client';
import { CLIENT_DEFAULTS } from '../../src/api/options';
import { UnstructuredValidationError } from '../../src/core/errors';
import { API_KEY, clientOf, errorOf, JOB_ID } from './support';

function create(options: Record<string, unknown>): () => UnstructuredClient {
  return () => new UnstructuredClient({ apiKey: API_KEY, ...options });
}

describe('options', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ timeout: 5 }, 'Unknown option timeout; known are apiKey, baseUrl,'],
    [{ timeouts: { read: 5 } }, 'Unknown option timeouts.read; known are connect, headers, body, total'],
    [{ timeouts: 5 }, 'timeouts must be an object; got 5'],
    [{ minimumRate: 5 }, 'minimumRate must be an object; got 5'],
    [{ minimumRate: { byte: 5 } }, 'Unknown option minimumRate.byte; known are bytes, per'],
    [{ minimumRate: { bytes: -1 } }, 'minimumRate.bytes must be a whole number of at least 0; got -1'],
    [{ minimumRate: { bytes: 1.5 } }, 'minimumRate.bytes must be a whole number of at least 0; got 1.5'],
    [{ minimumRate: { per: 'a while' } }, 'minimumRate.per must be a duration from 1 ms to 24 days'],
    [{ timeouts: { total: 0 } }, 'timeouts.total must be a duration from 1 ms to 24 days'],
    [{ timeouts: { headers: 'soon' } }, 'timeouts.headers must be a duration'],
    [{ timeouts: { body: '30 days' } }, 'got "30 days"'],
    [{ timeouts: { connect: Infinity } }, 'got Infinity'],
    [{ authentication: 'basic' }, `authentication must be 'api-key' or 'bearer'; got "basic"`],
    [{ allowInsecureHttp: 'yes' }, 'allowInsecureHttp must be true or false; got "yes"'],
    [{ maxResponseBytes: 0 }, 'maxResponseBytes must be a whole number of at least 1; got 0'],
    [{ maxResponseBytes: 1.5 }, 'got 1.5'],
    [{ connections: -1 }, 'connections must be a whole number of at least 1; got -1'],
    [{ proxy: 'http://proxy' }, `proxy must be 'env' or 'none'; got "http://proxy"`],
    [{ dispatcher: {} }, 'dispatcher must be an undici Dispatcher; got an object'],
    [{ baseUrl: '' }, 'baseUrl must be an absolute URL'],
  ])('%o are refused by name and value', (options, message) => {
    expect(create(options)).toThrow(UnstructuredValidationError);
    expect(create(options)).toThrow(message);
  });

  it.each(['baseUrl', 'authentication', 'proxy', 'allowInsecureHttp', 'connections', API_KEY])(
    'that hold the key by mistake, as %s, do not show it',
    (name) => {
      const give = create({ [name]: API_KEY });
      expect(give).toThrow(UnstructuredValidationError);
      expect(give).not.toThrow(new RegExp(API_KEY.slice(0, 8)));
    },
  );

  it.each([undefined, null, 'key', []])('of %o are refused', (options) => {
    expect(() => new UnstructuredClient(options as never)).toThrow(UnstructuredValidationError);
  });

  it('that have no effect on a dispatcher of one’s own are refused', () => {
    const dispatcher = { dispatch: () => true };
    expect(create({ dispatcher, proxy: 'env' })).toThrow('proxy');
    expect(create({ dispatcher, connections: 5 })).toThrow('connections (5)');
  });

  it('that are undefined count as not given', () => {
    const names = ['baseUrl', 'authentication', 'timeouts', 'maxResponseBytes', 'proxy', 'dispatcher', 'other'];
    expect(create(Object.fromEntries(names.map((name) => [name, undefined])))).not.toThrow();
  });

  it('have these defaults', () => {
    expect(CLIENT_DEFAULTS).toEqual({
      baseUrl: 'https://platform.unstructuredapp.io/',
      authentication: 'api-key',
      allowInsecureHttp: false,
      timeouts: { connect: 5_000, headers: 15_000, body: 15_000, total: 20_000 },
      minimumRate: { bytes: 12_000, per: 60_000 },
      maxResponseBytes: 64 * 1024 * 1024,
      connections: 100,
    });
  });
});

describe('a job id', () => {
  it.each(['', 'x', '../../admin', `${JOB_ID}/cancel`, `${JOB_ID}?x=1`, ` ${JOB_ID}`, undefined, 7])(
    'of %o is refused before anything is sent',
    async (jobId) => {
      const error = await errorOf(clientOf('http://127.0.0.1:1').getJob(jobId as string));
      expect(error).toBeInstanceOf(UnstructuredValidationError);
      expect(error.message).toContain('jobId must be a uuid; got ');
    },
  );

  it('that is the key by mistake is not shown', async () => {
    const error = await errorOf(clientOf('http://127.0.0.1:1').getJob(API_KEY));
    expect(error.message).toBe('Option jobId must be a uuid; got "[redacted]".');
  });
});

import { describe, expect, it } from 'vitest';
import { parseBaseUrl } from '../../../src/api/http/base-url';
import { Redactor } from '../../../src/api/http/redact';
import { UnstructuredValidationError } from '../../../src/core/errors';

const parse = (value: unknown, allowInsecureHttp = false) =>
  parseBaseUrl(value, { allowInsecureHttp, redactor: new Redactor([]) });

describe('a base URL', () => {
  it.each([
    ['https://platform.unstructuredapp.io', 'https://platform.unstructuredapp.io', '/api/v1'],
    ['https://platform.unstructuredapp.io/', 'https://platform.unstructuredapp.io', '/api/v1'],
    ['https://platform.unstructuredapp.io/api/v1', 'https://platform.unstructuredapp.io', '/api/v1'],
    ['https://platform.unstructuredapp.io/api/v1/', 'https://platform.unstructuredapp.io', '/api/v1'],
    ['https://gw.example:8443/eu/unstructured', 'https://gw.example:8443', '/eu/unstructured/api/v1'],
    ['https://gw.example/eu/api/v1//', 'https://gw.example', '/eu/api/v1'],
    ['https://gw.example/myapi/v1', 'https://gw.example', '/myapi/v1/api/v1'],
    ['HTTPS://GW.example:443/', 'https://gw.example', '/api/v1'],
    ['http://localhost:8000', 'http://localhost:8000', '/api/v1'],
    ['http://fake.localhost:8000', 'http://fake.localhost:8000', '/api/v1'],
    ['http://127.1.2.3', 'http://127.1.2.3', '/api/v1'],
    ['http://[::1]:80', 'http://[::1]', '/api/v1'],
  ])('%s is understood', (value, origin, prefix) => {
    expect(parse(value)).toEqual({ origin, prefix, isLocal: value.startsWith('http:') });
  });

  it.each([
    ['platform.unstructuredapp.io', 'must be an absolute URL'],
    ['', 'must be an absolute URL'],
    [undefined, 'must be an absolute URL'],
    ['ftp://gw.example', 'got the scheme ftp:'],
    ['https://gw.example/?key=sesame', 'no query'],
    ['https://gw.example/#sesame', 'no fragment'],
    ['https://user:sesame@gw.example', 'must not carry credentials'],
    ['https://sesame@gw.example', 'must not carry credentials'],
    ['http://gw.example', 'would send the key unencrypted'],
    ['http://localhost.example', 'would send the key unencrypted'],
    ['http://127.0.0.1.example', 'would send the key unencrypted'],
    ['http://0.0.0.0', 'would send the key unencrypted'],
  ])('%s is refused', (value, message) => {
    expect(() => parse(value)).toThrow(UnstructuredValidationError);
    expect(() => parse(value)).toThrow(message);
    expect(() => parse(value)).not.toThrow(/sesame/);
  });

  it('of plain http is accepted where asked for', () => {
    expect(parse('http://gw.example', true).origin).toBe('http://gw.example');
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUnstructured, type FakeJob } from '../../../../src/testing';

let api: FakeUnstructured;
let job: FakeJob;
beforeEach(async () => {
  api = await FakeUnstructured.start({ apiKey: 'key-1' });
  job = api.addJob();
});
afterEach(() => api.close());

async function answer(headers: Record<string, string>): Promise<[number, unknown]> {
  const response = await fetch(`${api.url}/api/v1/jobs/${job.id}`, { headers });
  const { detail } = (await response.json()) as { detail?: unknown };
  return [response.status, detail];
}

const INVALID = [401, 'API key is invalid, please provide a valid API key in the header.'];
const MALFORMED = [401, 'API key is malformed, please type the API key correctly in the header.'];
const MISSING = [401, 'API key is missing, please provide an API key in the header.'];

describe('the key', () => {
  it.each<[string, Record<string, string>, unknown]>([
    ['in its own header', { 'unstructured-api-key': 'key-1' }, [200, undefined]],
    ['as a Bearer token', { authorization: 'Bearer key-1' }, [200, undefined]],
    ['as a bearer token in small letters', { authorization: 'bearer key-1' }, [200, undefined]],
    ['that is wrong', { 'unstructured-api-key': 'key-2' }, INVALID],
    ['that is wrong as a Bearer token', { authorization: 'Bearer key-10' }, INVALID],
    ['in another scheme', { authorization: 'Basic key-1' }, MALFORMED],
    ['that is empty', { 'unstructured-api-key': '' }, MALFORMED],
    ['that is missing', {}, MISSING],
  ])('%s', async (_how, headers, expected) => {
    expect(await answer(headers)).toEqual(expected);
  });

  it('that was rotated is refused, unless it is kept', async () => {
    api.rotateKey('key-2');
    expect(api.apiKey).toBe('key-2');
    expect(await answer({ 'unstructured-api-key': 'key-1' })).toEqual(INVALID);
    expect(await answer({ 'unstructured-api-key': 'key-2' })).toEqual([200, undefined]);
    api.rotateKey('key-3', { keepOld: true });
    expect(await answer({ 'unstructured-api-key': 'key-2' })).toEqual([200, undefined]);
    expect(await answer({ 'unstructured-api-key': 'key-3' })).toEqual([200, undefined]);
  });

  it('that is refused counts no check', async () => {
    await answer({ 'unstructured-api-key': 'wrong' });
    expect([job.checks, job.requests.length]).toEqual([0, 1]);
  });

  it('appears nowhere in the log', async () => {
    await answer({ 'unstructured-api-key': 'key-1' });
    await answer({ authorization: 'Bearer key-1', 'x-trace': 'abc' });
    expect(JSON.stringify(api.requests)).not.toContain('key-1');
    expect(api.requests.map(({ headers }) => [headers['unstructured-api-key'], headers['authorization']])).toEqual([
      ['[redacted]', undefined],
      [undefined, '[redacted]'],
    ]);
    expect(api.requests[1]?.headers['x-trace']).toBe('abc');
  });
});

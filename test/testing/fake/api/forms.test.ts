// What a start takes for its files, and for a workflow's id.
import { expect, test } from 'vitest';
import { lifecycle } from '../../lifecycle';

test.each([
  ["the specification's", 'input_files', 200],
  ["the official Python client's", 'input_files[]', 200],
  ['another', 'files', 422],
])('files come under %s name: %s', async (_, field, status) => {
  const { api } = await lifecycle();
  const body = new FormData();
  body.set('request_data', JSON.stringify({ template_id: 'hi_res_partition' }));
  body.append(field, new Blob(['one']), 'a.txt');
  body.append(field, new Blob(['two']), 'b.txt');
  const headers = { 'unstructured-api-key': api.apiKey };
  expect((await fetch(`${api.url}/api/v1/jobs/`, { method: 'POST', headers, body })).status).toBe(status);
  expect(api.jobs[0]?.uploads.map(({ name }) => name)).toEqual(status === 200 ? ['a.txt', 'b.txt'] : undefined);
});

test('a run of a workflow whose id is no uuid is a 422', async () => {
  const { api } = await lifecycle();
  const headers = { 'unstructured-api-key': api.apiKey };
  const response = await fetch(`${api.url}/api/v1/workflows/nightly/run`, { method: 'POST', headers });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ detail: [{ loc: ['path', 'workflow_id'], input: 'nightly' }] });
});

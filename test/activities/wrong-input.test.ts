// Wrong input of an activity ends as a failure that names the option, never as an error that Temporal retries for ever.
import { expect, test } from 'vitest';
import { resolveWaitInput } from '../../src/core/wait/input';
import { JOB_ID } from '../core/fixtures';
import { failure, type Name, perform, withStorage } from './support';

test('each activity refuses an input that is no object for good, and takes null for not given', async () => {
  const { api, activities } = await withStorage();
  for (const name of Object.keys(activities) as Name[]) {
    const { message, nonRetryable } = await failure(
      'UnstructuredValidationError',
      perform(activities, name, null as never),
    );
    expect(message).toBe(`The input of ${name} must be an object; got null.`);
    expect(nonRetryable).toBe(true);
  }
  expect(api.requests).toEqual([]);
  api.addJob({ timeline: ['IN_PROGRESS'] });
  const input = { status: 'IN_PROGRESS', workflowId: null, createdAfter: null, token: null };
  expect((await perform(activities, 'unstructured.listJobs', input as never)).total).toBe(1);
});

const DOCUMENT = { ref: 'file:///in/a.pdf', uploadName: 'a.pdf' };
const START = { start: { templateId: 'fast' }, documents: [DOCUMENT], maxDocumentBytes: 1_000 };
const RUN = { ...START, start: { workflowId: JOB_ID } };
const COLLECT = { jobId: JOB_ID, files: [{ fileId: 'a.pdf', nodeIds: [] }], which: 'final', to: 'file:///out' };

test.each<[Name, object, string]>([
  ['unstructured.createJob', {}, 'Option start of unstructured.createJob is wrong'],
  ['unstructured.createJob', { ...START, start: { template: 'fast' } }, 'expected { templateId } or { jobNodes }'],
  ['unstructured.createJob', { ...START, start: { workflowId: JOB_ID } }, 'expected { templateId } or { jobNodes }'],
  ['unstructured.runWorkflow', START, 'Option start.workflowId of'],
  ['unstructured.createJob', { ...START, documents: { a: 'https://x/?secret' } }, 'Option documents of'],
  ['unstructured.runWorkflow', { ...RUN, documents: [{ ref: 'file:///a' }] }, 'Option documents[0].uploadName of'],
  [
    'unstructured.createJob',
    { ...START, documents: [{ ...DOCUMENT, contentType: 'text/plain\r\nx-more: 1' }] },
    'Option documents[0].contentType of unstructured.createJob is wrong: expected a media type',
  ],
  ['unstructured.createJob', { ...START, maxDocumentBytes: '1 MB' }, 'got "1 MB"'],
  ['unstructured.listJobs', { status: 'IN_PROGRESS', createdAfter: 'yesterday' }, 'Option createdAfter of'],
  ['unstructured.collectJobOutputs', {}, 'Option files of'],
  ['unstructured.collectJobOutputs', { ...COLLECT, to: undefined }, 'Option to of'],
  ['unstructured.collectJobOutputs', { ...COLLECT, which: 'last' }, 'Option which of'],
  ['unstructured.collectJobOutputs', { ...COLLECT, files: [{ fileId: 'a.pdf' }] }, 'Option files[0].nodeIds of'],
  [
    'unstructured.collectJobOutputs',
    { ...COLLECT, name: '{name}.json' },
    "Option name of unstructured.collectJobOutputs is wrong: expected a template such as '{path}/{stem}.json' of {path}, ",
  ],
  ['unstructured.collectJobOutputs', { ...COLLECT, name: '{stem}.json', which: 'all' }, 'got "{stem}.json"'],
  [
    'unstructured.collectJobOutputs',
    { ...COLLECT, files: [{ fileId: 'a.pdf', nodeIds: [], hash: '../x' }] },
    'Option files[0].hash of unstructured.collectJobOutputs is wrong: expected letters and digits; got "../x"',
  ],
  ['unstructured.collectJobOutputs', { ...COLLECT, jobId: '../x' }, 'expected a uuid; got "../x"'],
  ['unstructured.joinRun', { id: 'a' }, 'Option key of'],
  ['unstructured.joinRun', { key: 'a', answer: { start: 7 } }, 'Option answer.start of'],
  ['unstructured.joinRun', { key: 'a', jobId: 'b' }, 'Option jobId of'],
])('%s refuses %j for good, by the name of the option', async (name, input, expected) => {
  const { api, activities } = await withStorage();
  const refused = await failure('UnstructuredValidationError', perform(activities, name, input as never));
  expect(refused.message).toContain(expected);
  expect(refused.message).not.toContain('secret');
  expect(refused.nonRetryable).toBe(true);
  expect(api.requests).toEqual([]);
});

test.each(['2026-11-24T02:00Z', '2026-11-24T02:00:00+01:00', '2026-11-24T02:00:00.123Z'])(
  'an instant that a wait takes, the list takes: %s',
  async (createdAfter) => {
    const { activities } = await withStorage();
    expect(resolveWaitInput({ workflowId: JOB_ID, createdAfter }, () => undefined).awaited).toMatchObject({
      createdAfter,
    });
    const input = { status: 'IN_PROGRESS', createdAfter };
    expect(await perform(activities, 'unstructured.listJobs', input)).toMatchObject({ total: 0 });
  },
);

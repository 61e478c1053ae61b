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

const HASHED = [{ fileId: 'a.pdf', nodeIds: [], hash: '../x' }];
const PLAN = { to: 'file:///out', key: 'k', perJob: 10, maxJobBytes: 1_000, maxDocumentBytes: 1_000, digest: 'd' };

const ON_DEMAND = "{ templateId: 'name' } or { jobNodes: [node, …] }";
const TEXT = 'a string that is not empty';
const BYTES = 'a number above 0';

test.each<[Name, object, option: string, expected: string, got: string]>([
  ['unstructured.createJob', {}, 'start', ON_DEMAND, 'undefined'],
  ['unstructured.createJob', { ...START, start: { template: 'fast' } }, 'start', ON_DEMAND, 'object'],
  ['unstructured.createJob', { ...START, start: { workflowId: JOB_ID } }, 'start', ON_DEMAND, 'object'],
  ['unstructured.runWorkflow', { ...RUN, start: 'w' }, 'start', '{ workflowId: a uuid }', '"w"'],
  ['unstructured.runWorkflow', START, 'start.workflowId', TEXT, 'undefined'],
  ['unstructured.createJob', { ...START, documents: 7 }, 'documents', 'a list', '7'],
  ['unstructured.createJob', { ...START, documents: { a: 'https://x/?secret' } }, 'documents', 'a list', 'object'],
  ['unstructured.createJob', { ...START, documents: ['a.pdf'] }, 'documents[0]', 'an object', '"a.pdf"'],
  ['unstructured.createJob', { ...START, documents: ['https://x/?secret'] }, 'documents[0]', 'an object', 'string'],
  ['unstructured.runWorkflow', { ...RUN, documents: [{ ref: 'a' }] }, 'documents[0].uploadName', TEXT, 'undefined'],
  [
    'unstructured.createJob',
    { ...START, documents: [{ ...DOCUMENT, contentType: 'text/plain\r\nx-more: 1' }] },
    'documents[0].contentType',
    "a media type, such as 'application/pdf'",
    '"text/plain\\r\\nx-more: 1"',
  ],
  ['unstructured.createJob', { ...START, maxDocumentBytes: '1 MB' }, 'maxDocumentBytes', BYTES, '"1 MB"'],
  ['unstructured.createJob', { ...START, maxDocumentBytes: 0 }, 'maxDocumentBytes', BYTES, '0'],
  ['unstructured.createJob', { ...START, onRefused: 'stop' }, 'onRefused', "'fail' or 'skip'", '"stop"'],
  ['unstructured.createJob', { ...START, account: '' }, 'account', TEXT, '""'],
  [
    'unstructured.listJobs',
    { status: 'IN_PROGRESS', createdAfter: 'yesterday' },
    'createdAfter',
    'an ISO-8601 instant with its offset',
    '"yesterday"',
  ],
  ['unstructured.listJobs', { benign: 'yes' }, 'benign', 'true or false', '"yes"'],
  ['unstructured.collectJobOutputs', {}, 'files', 'a list', 'undefined'],
  ['unstructured.collectJobOutputs', { ...COLLECT, to: undefined }, 'to', TEXT, 'undefined'],
  ['unstructured.collectJobOutputs', { ...COLLECT, which: 'last' }, 'which', "'final' or 'all'", '"last"'],
  [
    'unstructured.collectJobOutputs',
    { ...COLLECT, files: [{ fileId: 'a' }] },
    'files[0].nodeIds',
    'a list',
    'undefined',
  ],
  ['unstructured.collectJobOutputs', { ...COLLECT, parallel: 65 }, 'parallel', 'a whole number from 1 to 64', '65'],
  [
    'unstructured.collectJobOutputs',
    { ...COLLECT, files: HASHED },
    'files[0].hash',
    'letters and digits, at most 64',
    '"../x"',
  ],
  ['unstructured.collectJobOutputs', { ...COLLECT, jobId: '../x' }, 'jobId', 'a uuid', '"../x"'],
  ['unstructured.collectJobOutputs', { ...COLLECT, jobId: undefined }, 'jobId', 'a uuid', 'undefined'],
  ['unstructured.joinRun', { id: 'a' }, 'key', TEXT, 'undefined'],
  ['unstructured.joinRun', { key: 'a', answer: { start: 7 } }, 'answer.start', 'a string', '7'],
  ['unstructured.joinRun', { key: 'a', answer: [] }, 'answer', 'an object', 'an array'],
  ['unstructured.joinRun', { key: 'a', jobId: 'b' }, 'jobId', 'a uuid', '"b"'],
  [
    'unstructured.planJobs',
    { ...PLAN, documents: 7 },
    'documents',
    'a list of documents, { from, match? } or { list }',
    '7',
  ],
  ['unstructured.planJobs', { ...PLAN, perJob: 0 }, 'perJob', 'a whole number of at least 1', '0'],
])('%s refuses %j for good, as any option is refused', async (name, input, option, expected, got) => {
  const { api, activities } = await withStorage();
  const refused = await failure('UnstructuredValidationError', perform(activities, name, input as never));
  expect(refused.message).toBe(`Option ${option} of ${name} must be ${expected}; got ${got}.`);
  expect(refused.nonRetryable).toBe(true);
  expect(api.requests).toEqual([]);
});

test.each<[object, string]>([
  [{ name: '{name}.json' }, 'got "{name}.json": {name} is not one of these.'],
  [{ name: '{stem}.json', which: 'all' }, `got "{stem}.json": with which: 'all' it must hold {node} or {hash}, `],
])('a wrong template of names is told with what is wrong in it: %j', async (input, end) => {
  const { activities } = await withStorage();
  const { message } = await failure(
    'UnstructuredValidationError',
    perform(activities, 'unstructured.collectJobOutputs', { ...COLLECT, ...input } as never),
  );
  const option = 'Option name of unstructured.collectJobOutputs';
  expect(message).toContain(`${option} must be a template such as '{path}/{stem}.json' of {path}, `);
  expect(message).toContain(end);
});

test.each<Name>(['getJob', 'unstructured.cancelJob'])(
  '%s without a jobId is refused by the name of it',
  async (name) => {
    const { activities } = await withStorage();
    const { message } = await failure('UnstructuredValidationError', perform(activities, name, {}));
    expect(message).toBe('Option jobId must be a uuid; got undefined.');
  },
);

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

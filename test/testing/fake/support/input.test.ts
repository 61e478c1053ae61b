import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnstructuredError } from '../../../../src/core/errors';
import {
  FakeInputError,
  FakeUnstructured,
  faults,
  type FakeUnstructuredOptions,
  type JobSpec,
} from '../../../../src/testing';

let api: FakeUnstructured;
beforeEach(async () => {
  api = await FakeUnstructured.start();
});
afterEach(() => api.close());

function refusal(spec: unknown): string {
  try {
    api.addJob(spec as JobSpec);
  } catch (error) {
    expect(error).toBeInstanceOf(FakeInputError);
    return (error as Error).message;
  }
  return 'accepted';
}

it('refuses with an error of this package', () => {
  const error = new FakeInputError('job.id must be a uuid');
  expect(error).toBeInstanceOf(UnstructuredError);
  const told = { name: 'FakeInputError', type: 'FakeInputError', retryable: false, message: 'job.id must be a uuid' };
  expect(error).toMatchObject(told);
});

describe('a job that makes no sense is refused, with the field and the value:', () => {
  it.each<[string, unknown, string]>([
    ['an unknown field', { file: ['a'] }, 'Unknown option job.file.'],
    ['an id that is no uuid', { id: 'x' }, "job.id must be a uuid; got 'x'."],
    ['files that are no list', { files: 'a.pdf' }, "job.files must be a list of files, or how many; got 'a.pdf'."],
    ['an empty file name', { files: ['a', ''] }, "job.files[1] must be a name or { fileId }; got ''."],
    ['a node without sense', { nodes: -1 }, 'job.nodes must be a list of nodes, or how many; got -1.'],
    ['an empty timeline', { timeline: [] }, 'job.timeline must be a list of at least one step; got [].'],
    [
      'a step that is none',
      { timeline: [7] },
      "job.timeline[0] must be a status and how long it lasts, such as ['SCHEDULED', '30m']; got 7.",
    ],
    ['a step without a status', { timeline: [['']] }, "job.timeline[0][0] must be a status; got ''."],
    [
      'a bad duration',
      { timeline: [['A', '9 bananas'], 'B'] },
      "job.timeline[0][1] must be a duration such as '30m' or a number of milliseconds; got '9 bananas'.",
    ],
    [
      'a negative duration',
      { timeline: [['A', -1], 'B'] },
      "job.timeline[0][1] must be a duration such as '30m' or a number of milliseconds; got -1.",
    ],
    [
      'a promise that is none',
      { faults: [[1, { kind: 'until', promise: {} }]] },
      'job.faults[0][1].promise must be a promise; got {}.',
    ],
    [
      'no checks',
      { timeline: [['A', { checks: 0 }], 'B'] },
      'job.timeline[0][1] must be { checks: a whole number above 0 }; got { checks: 0 }.',
    ],
    [
      'too much in a step',
      { timeline: [['A', 1, 2], 'B'] },
      "job.timeline[0] must be a status and how long it lasts, such as ['SCHEDULED', '30m']; got [ 'A', 1, 2 ].",
    ],
    [
      'a step that never ends',
      { timeline: ['A', 'B'] },
      "job.timeline[0] must be a status and how long it lasts, since only the last step stays; got 'A'.",
    ],
    [
      'an end of the last step',
      { timeline: [['A', 1]] },
      "job.timeline[0] must be a status without a length, since the last step stays; got [ 'A', 1 ].",
    ],
    [
      'an unknown beginning',
      { startsAt: 'now' },
      "job.startsAt must be one of 'addJob', 'firstCheck', 'createdAt', 'slot'; got 'now'.",
    ],
    [
      'a bad instant',
      { createdAt: 'yesterday' },
      "job.createdAt must be an ISO-8601 instant or a number of milliseconds; got 'yesterday'.",
    ],
    ['an unknown switch', { answers: { gzipped: true } }, 'Unknown option job.answers.gzipped.'],
    [
      'a bad switch',
      { answers: { outputNodeFiles: 'some' } },
      "job.answers.outputNodeFiles must be one of 'always', 'null', 'absent', 'nullOnceTerminal', 'absentOnceTerminal'; got 'some'.",
    ],
    [
      'an unknown fault',
      { faults: [[1, { kind: 'explode' }]] },
      "job.faults[0][1].kind must be one of 'status', 'rateLimit', ",
    ],
    ['a bad fault', { faults: [[1, faults.status(9)]] }, 'job.faults[0][1].status must be at least 200; got 9.'],
    [
      'a bad delay',
      { faults: [[1, { kind: 'delay', for: 'long' }]] },
      "job.faults[0][1].for must be a duration such as '30m' or a number of milliseconds; got 'long'.",
    ],
    [
      'a rule without a fault',
      { faults: [[1]] },
      'job.faults[0] must be a rule: when, then one or more faults, such as [2, faults.status(503)]; got [ 1 ].',
    ],
    [
      'a bad choice of requests',
      { faults: [['often', faults.reset()]] },
      "job.faults[0][0] must be a request's number from 1 on, 'always', 'never', a filter or a predicate; got 'often'.",
    ],
    [
      'a request before the first',
      { faults: [[0, faults.reset()]] },
      'job.faults[0][0].from must be at least 1; got 0.',
    ],
    [
      'an unknown condition',
      { faults: [[{ until: 1, upto: 2 }, faults.reset()]] },
      'Unknown option job.faults[0][0].upto.',
    ],
  ])('%s', (_what, spec, message) => {
    expect(refusal(spec)).toContain(message);
  });

  it('an id that is taken', () => {
    const { id } = api.addJob();
    expect(refusal({ id: id.toUpperCase() })).toBe(`job.id: there is a job ${id} already`);
  });

  it('several errors, one a line', () => {
    expect(refusal({ files: 'a', timeline: [] }).split('\n')).toHaveLength(2);
  });
});

describe('a start that makes no sense is refused:', () => {
  it.each<[string, unknown, string]>([
    ['an unknown option', { prot: 1 }, 'Unknown option options.prot.'],
    ['a bad port', { port: 70_000 }, 'options.port must be at most 65535; got 70000.'],
    ['a clock that is none', { now: 5 }, 'options.now must be a function; got 5.'],
    ['an empty key', { apiKey: '' }, "options.apiKey must be a string that is not empty; got ''."],
    ['a prefix that is no path', { pathPrefix: 'eu/' }, "options.pathPrefix must be a path such as '/eu'; got 'eu/'."],
    ['an unknown switch', { answers: { x: 1 } }, 'Unknown option answers.x.'],
    ['an unknown fault', { faults: [['always', { kind: 'x' }]] }, 'faults[0][1].kind must be one of'],
  ])('%s', async (_what, options, message) => {
    await expect(FakeUnstructured.start(options as FakeUnstructuredOptions)).rejects.toThrow(message);
  });

  it('a port that is taken', async () => {
    const port = Number(new URL(api.url).port);
    await expect(FakeUnstructured.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

it.each(['', 5, undefined])('refuses the status and the key %j, and keeps those before', async (value) => {
  const job = api.addJob();
  const { apiKey } = api;
  expect(() => job.setStatus(value as string)).toThrow(/^status must be a string/);
  expect(() => api.rotateKey(value as string)).toThrow(/^apiKey must be a string/);
  expect([await job.status(), api.apiKey]).toEqual(['COMPLETED', apiKey]);
});

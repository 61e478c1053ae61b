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
  const error = new FakeInputError('job.id: no uuid');
  expect(error).toBeInstanceOf(UnstructuredError);
  const told = { name: 'FakeInputError', type: 'FakeInputError', retryable: false, message: 'job.id: no uuid' };
  expect(error).toMatchObject(told);
});

describe('a job that makes no sense is refused, with the field and the value:', () => {
  it.each<[string, unknown, string]>([
    ['an unknown field', { file: ['a'] }, `job: Unrecognized key: "file" (got { file: [ 'a' ] })`],
    ['an id that is no uuid', { id: 'x' }, "job.id: no uuid (got 'x')"],
    ['files that are no list', { files: 'a.pdf' }, "job.files: give names of files or how many (got 'a.pdf')"],
    ['an empty file name', { files: ['a', ''] }, "job.files[1]: a file is a name or { fileId } (got '')"],
    ['a node without sense', { nodes: -1 }, 'job.nodes: give nodes or how many (got -1)'],
    ['an empty timeline', { timeline: [] }, 'job.timeline: a timeline needs at least one step (got [])'],
    [
      'a step that is none',
      { timeline: [7] },
      "job.timeline[0]: a status and how long it lasts, like ['SCHEDULED', '30m'] (got 7)",
    ],
    ['a step without a status', { timeline: [['']] }, "job.timeline[0][0]: a status is missing (got '')"],
    [
      'a bad duration',
      { timeline: [['A', '9 bananas'], 'B'] },
      "job.timeline[0][1]: no duration: give milliseconds or a text like '30m' (got '9 bananas')",
    ],
    [
      'a negative duration',
      { timeline: [['A', -1], 'B'] },
      "job.timeline[0][1]: no duration: give milliseconds or a text like '30m' (got -1)",
    ],
    [
      'a promise that is none',
      { faults: [[1, { kind: 'until', promise: {} }]] },
      'job.faults[0][1].promise: no promise',
    ],
    [
      'no checks',
      { timeline: [['A', { checks: 0 }], 'B'] },
      'job.timeline[0][1]: Too small: expected number to be >=1 (got { checks: 0 })',
    ],
    [
      'too much in a step',
      { timeline: [['A', 1, 2], 'B'] },
      'job.timeline[0]: more than a status and its length (got ',
    ],
    [
      'a step that never ends',
      { timeline: ['A', 'B'] },
      "job.timeline[0]: only the last step may have no length (got 'A')",
    ],
    [
      'an end of the last step',
      { timeline: [['A', 1]] },
      "job.timeline[0]: the last step stays, so it has no length (got [ 'A', 1 ])",
    ],
    [
      'an unknown begin',
      { startsAt: 'now' },
      `job.startsAt: Invalid option: expected one of "addJob"|"firstCheck"|"createdAt"|"slot" (got 'now')`,
    ],
    [
      'a bad instant',
      { createdAt: 'yesterday' },
      "job.createdAt: no ISO-8601 instant and no number of milliseconds (got 'yesterday')",
    ],
    [
      'an unknown switch',
      { answers: { gzipped: true } },
      'job.answers: Unrecognized key: "gzipped" (got { gzipped: true })',
    ],
    [
      'a bad switch',
      { answers: { outputNodeFiles: 'some' } },
      'job.answers.outputNodeFiles: Invalid option: expected one of "always"|"null"|"absent"|"nullOnceTerminal"|"absentOnceTerminal" (got \'some\')',
    ],
    [
      'an unknown fault',
      { faults: [[1, { kind: 'explode' }]] },
      "job.faults[0][1].kind: Invalid discriminator value. Expected 'status' | 'rateLimit'",
    ],
    [
      'a bad fault',
      { faults: [[1, faults.status(9)]] },
      'job.faults[0][1].status: Too small: expected number to be >=200 (got 9)',
    ],
    [
      'a bad delay',
      { faults: [[1, { kind: 'delay', for: 'long' }]] },
      "job.faults[0][1].for: no duration: give milliseconds or a text like '30m' (got 'long')",
    ],
    [
      'a rule without a fault',
      { faults: [[1]] },
      'job.faults[0]: a rule is when, then one or more faults, like [2, faults.status(503)] (got [ 1 ])',
    ],
    [
      'a bad choice of requests',
      { faults: [['often', faults.reset()]] },
      "job.faults[0][0]: give a request's number from 1 on, 'always', 'never', a filter or a predicate (got 'often')",
    ],
    [
      'a request before the first',
      { faults: [[0, faults.reset()]] },
      'job.faults[0][0].from: Too small: expected number to be >=1',
    ],
    [
      'an unknown condition',
      { faults: [[{ until: 1, upto: 2 }, faults.reset()]] },
      'job.faults[0][0]: Unrecognized key: "upto"',
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
    ['an unknown option', { prot: 1 }, 'options: Unrecognized key: "prot"'],
    ['a bad port', { port: 70_000 }, 'options.port: Too big: expected number to be <=65535 (got 70000)'],
    ['a clock that is none', { now: 5 }, 'options.now: no function (got 5)'],
    ['an empty key', { apiKey: '' }, "options.apiKey: Too small: expected string to have >=1 characters (got '')"],
    ['a prefix that is no path', { pathPrefix: 'eu/' }, "options.pathPrefix: no path like '/eu' (got 'eu/')"],
    ['an unknown switch', { answers: { x: 1 } }, 'answers: Unrecognized key: "x"'],
    ['an unknown fault', { faults: [['always', { kind: 'x' }]] }, 'faults[0][1].kind: Invalid discriminator value'],
  ])('%s', async (_what, options, message) => {
    await expect(FakeUnstructured.start(options as FakeUnstructuredOptions)).rejects.toThrow(message);
  });

  it('a port that is taken', async () => {
    const port = Number(new URL(api.url).port);
    await expect(FakeUnstructured.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

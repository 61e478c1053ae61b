import { expect, it } from 'vitest';
import { isJobId, JOB_STATUSES, selectFiles, summarize, verdictOf } from '../../src/core/job';
import { JOB_ID, jobSummary } from './fixtures';

it('knows what each status of the API means', () => {
  expect(JOB_STATUSES.map((status) => [status, verdictOf(status)])).toEqual([
    ['SCHEDULED', 'queued'],
    ['IN_PROGRESS', 'running'],
    ['COMPLETED', 'completed'],
    ['STOPPED', 'stopped'],
    ['FAILED', 'failed'],
  ]);
});

it.each(['PAUSED', 'completed', '', 'constructor', '__proto__', 'toString'])('takes no meaning from %j', (status) => {
  expect(verdictOf(status)).toBe('unknown');
});

const files = [
  { nodeId: 'partition', fileId: 'a.pdf' },
  { nodeId: 'chunk', fileId: 'a.pdf' },
  { nodeId: 'partition', fileId: 'b.pdf' },
  { nodeId: 'embed', fileId: 'a.pdf' },
];

it('selects all output node files, as a copy', () => {
  expect(selectFiles(files, 'all')).toEqual(files);
  expect(selectFiles(files, 'all')).not.toBe(files);
});

it('selects the last node of each file, in the order of the files', () => {
  expect(selectFiles(files, 'final')).toEqual([
    { nodeId: 'embed', fileId: 'a.pdf' },
    { nodeId: 'partition', fileId: 'b.pdf' },
  ]);
});

it('selects none', () => {
  expect(selectFiles(files, 'none')).toEqual([]);
});

it.each([JOB_ID, JOB_ID.toUpperCase()])('sends the job id %s', (id) => {
  expect(isJobId(id)).toBe(true);
});

it.each([
  ['nothing', ''],
  ['no uuid', 'job-1'],
  ['a path beside the uuid', `../${JOB_ID}`],
  ['text after the uuid', `${JOB_ID}/cancel`],
  ['a line break after the uuid', `${JOB_ID}\n`],
  ['a uuid without dashes', JOB_ID.replaceAll('-', '')],
  ['a letter beyond f', JOB_ID.replace('a', 'g')],
  ['a list with a uuid', [JOB_ID]],
  ['undefined', undefined],
])('sends no job id that is %s', (_, value) => {
  expect(isJobId(value)).toBe(false);
});

it('summarizes a job by leaving out its lists', () => {
  const job = { ...jobSummary('COMPLETED'), inputFileIds: ['a.pdf'], outputNodeFiles: files };
  expect(summarize(job)).toStrictEqual(jobSummary('COMPLETED'));
});

import { expect, test } from 'vitest';
import { type FinishedJob, renderResult } from '../../../src/cli/view/render-result';
import { createPaint } from '../../../src/cli/view/text';
import { WAIT_REPORT, JOB_ID } from '../views';

const job = {
  id: JOB_ID,
  workflowId: JOB_ID,
  workflowName: 'w',
  status: 'COMPLETED',
  createdAt: '2026-02-01T11:59:00.000Z',
  runtime: null,
  jobType: null,
};
const NODE_ID = '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d';

function completed(files = 1, name = 'report'): FinishedJob {
  const file = (_: unknown, index: number) => ({
    nodeId: NODE_ID,
    fileId: `${name}-${index}.pdf`,
    nodeType: 'partition',
    nodeSubtype: 'unstructured_api',
  });
  const result = {
    job,
    inputFileIds: null,
    outputNodeFiles: Array.from({ length: files }, file),
    outputNodeFilesSource: 'answer' as const,
    outputNodeFilesTotal: files,
    documents: null,
    documentsError: null,
    wait: WAIT_REPORT,
  };
  return { name: 'simple', outcome: { jobId: JOB_ID, result }, faults: ['503', 'reset'], url: 'http://ui/w' };
}

const failed: FinishedJob = {
  name: 'failing',
  outcome: {
    jobId: JOB_ID,
    failure: {
      type: 'UnstructuredJobFailedError',
      message: `Job ${JOB_ID} ended FAILED`,
      details: {
        jobId: JOB_ID,
        job: { ...job, status: 'FAILED' },
        lastStatus: 'FAILED',
        outputNodeFiles: [],
        outputNodeFilesTotal: 0,
        failedFiles: null,
        failedFilesTotal: null,
        wait: { ...WAIT_REPORT, failures: { UnstructuredServerError: 2 } },
      },
    },
  },
};

const render = (jobs: FinishedJob[], width = 80) => renderResult({ jobs }, width, createPaint(false));

test('each wait shows times, checks, how late the end was noticed at most, and the faults met', () => {
  const lines = render([completed(), failed]).split('\n');
  expect(lines.slice(1, 5)).toEqual([
    'Job      Status     Queued  Running  Checks  Late by  Errors met',
    expect.stringMatching(/^─+$/),
    'simple   COMPLETED  2.0 s   10.0 s   12      ≤ 1.1 s  503, reset',
    'failing  FAILED     2.0 s   10.0 s   12      ≤ 1.1 s  UnstructuredServerError…',
  ]);
});

test('a failure shows its type, its message and what its details say', () => {
  expect(render([failed])).toContain(
    [
      'Failure of failing',
      '  type     UnstructuredJobFailedError',
      `  message  Job ${JOB_ID} ended FAILED`,
      '  details  job.status FAILED, lastStatus FAILED, outputNodeFilesTotal 0,',
      '           wait.checks 12',
    ].join('\n'),
  );
});

test('a failure shows the documents that failed, the first of them', () => {
  const failedFiles = ['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'].map((document) => ({ document, error: 'It is encrypted' }));
  const { failure } = failed.outcome;
  const details = { ...failure!.details, failedFiles, failedFilesTotal: 4 };
  const text = render([{ ...failed, outcome: { jobId: JOB_ID, failure: { ...failure!, details } } }]);
  expect(text).toMatch(
    /details  job\.status FAILED, .*\n.* wait\.checks 12\n {2}failed   a\.pdf: It is encrypted\n {2}failed   b\.pdf: /,
  );
  expect(text).toContain('c.pdf');
  expect(text).not.toContain('d.pdf');
});

test('output node files are a table, with node ids where they fit whole', () => {
  expect(render([completed()])).toContain('simple  report-0.pdf  partition/unstructured_api\n');
  expect(render([completed()])).not.toContain(NODE_ID);
  expect(render([completed()], 120)).toContain(`partition/unstructured_api  ${NODE_ID}\n`);
});

test('a long list of files is cut, and says so', () => {
  expect(render([completed(45)])).toContain('… and 5 more');
});

test('no file is said in words', () => {
  expect(render([failed])).toContain('Output node files\nnone');
});

test('a file name can not steer the terminal', () => {
  expect(render([completed(1, 'evil\u001b[2J')])).toContain('evil [2J-0.pdf');
});

test('links to the Web UI come whole, and not at all where it is unknown', () => {
  expect(render([completed()])).toContain('Web UI\n  simple   http://ui/w');
  expect(render([failed])).not.toContain('Web UI');
});

test('nothing but links is wider than the terminal', () => {
  const lines = render([completed(3, 'x'.repeat(200)), failed], 80).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

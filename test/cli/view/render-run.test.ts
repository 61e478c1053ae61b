import { expect, test } from 'vitest';
import { renderRun } from '../../../src/cli/view/render-run';
import { createPaint } from '../../../src/cli/view/text';
import type { DocumentResult, RunJobResult } from '../../../src/core/run/result';
import { WAIT_REPORT, JOB_ID } from '../views';

const output = (name: string) => ({
  jobId: JOB_ID,
  fileId: name,
  nodeId: null,
  location: `file:///tmp/out/${name}.json`,
  bytes: 416,
  sha256: '',
  contentType: 'application/json',
});

function render(documents: DocumentResult[], width = 80): string[] {
  const job = { id: JOB_ID, workflowId: null, workflowName: null, createdAt: null, runtime: null, jobType: null };
  const result: RunJobResult = {
    job: { ...job, status: 'COMPLETED' },
    documents,
    otherOutputs: [],
    lostOutputs: [],
    lostOutputsTotal: 0,
    failedFiles: null,
    failedFilesTotal: null,
    documentsError: null,
    start: { how: 'answered', sends: 1 },
    wait: WAIT_REPORT,
  };
  return renderRun({ name: 'runJob', result, folder: '/tmp/out' }, width, createPaint(false)).split('\n');
}

test('each document shows what became of it and where that is, and the folder is told once', () => {
  const lines = render([
    { ref: 'file:///in/a%20b.pdf', fileId: 'a', status: 'ok', outputs: [output('a')] },
    { ref: 'file:///in/c.pdf', fileId: 'c', status: 'failed', reason: 'encrypted\u001b[2J', outputs: [] },
    { ref: 'file:///in/d.pdf', fileId: null, status: 'missing', reason: 'not told', outputs: [] },
  ]);
  expect(lines).toEqual([
    'Documents to files',
    'Document  Status   Output         Bytes',
    expect.stringMatching(/^─+$/),
    'a b.pdf   ok       a.json         416',
    'c.pdf     failed   encrypted [2J',
    'd.pdf     missing  not told',
    '',
    'The files are in /tmp/out',
  ]);
});

test('a document with several outputs has a line for each', () => {
  const outputs = [output('a-1'), output('a-2')];
  expect(render([{ ref: 'file:///in/a.pdf', fileId: 'a', status: 'ok', outputs }]).slice(3, 5)).toEqual([
    'a.pdf     ok      a-1.json  416',
    'a.pdf     ok      a-2.json  416',
  ]);
});

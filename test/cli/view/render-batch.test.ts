import { describe, expect, it } from 'vitest';
import type { BatchView } from '../../../src/cli/view/batch-observer';
import { type FinishedBatch, renderBatch } from '../../../src/cli/view/render-batch';
import { renderBatchFrame, showBatch } from '../../../src/cli/view/render-batch-progress';
import { createPaint } from '../../../src/cli/view/text';
import type { ManifestLine } from '../../../src/core/batch/manifest-lines';
import type { BatchProgress } from '../../../src/core/batch/progress';
import { NOW } from '../views';

const PLAIN = createPaint(false);
const COUNTS = { documents: 120, ok: 35, failed: 2, refused: 0, missing: 0, jobs: 12, failedJobs: 0 };

function progressOf(more: Partial<BatchProgress> = {}): BatchProgress {
  return {
    phase: 'running',
    counts: COUNTS,
    done: { documents: 37, jobs: 4 },
    running: [5, 6].map((part) => ({ part, key: `inbox-1/${part}`, since: new Date(NOW - 63_000).toISOString() })),
    startedAt: new Date(NOW - 300_000).toISOString(),
    perHour: 444,
    endsAt: new Date(NOW + 672_000).toISOString(),
    leftOut: {},
    unserved: null,
    ...more,
  };
}

const frameOf = (progress: BatchProgress, width = 100) => renderBatchFrame(progress, NOW, width, PLAIN).split('\n');

describe('a batch under way', () => {
  it('shows documents, jobs, rate, end, failures and the jobs that run', () => {
    expect(frameOf(progressOf())).toEqual([
      '━━━━━━━━━─────────────────────  37 of 120 documents, 30 %',
      '4 of 12 jobs done, 2 under way, 444 documents an hour, likely done in 11 min 12 s',
      '2 failed',
      '● inbox-1/5  1 min 3 s',
      '● inbox-1/6  1 min 3 s',
    ]);
  });

  it('shows no more jobs than a screen has lines', () => {
    const running = Array.from({ length: 50 }, (_, n) => ({
      part: n,
      key: `k/${n}`,
      since: new Date(NOW).toISOString(),
    }));
    const lines = frameOf(progressOf({ running }));
    expect(lines).toHaveLength(3 + 8 + 1);
    expect(lines.at(-1)).toBe('… and 42 more jobs');
  });

  it('keeps within the width', () => {
    const running = [{ part: 1, key: 'k'.repeat(200), since: new Date(NOW).toISOString() }];
    const lines = frameOf(progressOf({ running }), 60);
    expect(lines.filter((line) => line.length >= 60)).toEqual([]);
  });

  it('says that it lists, or writes, or has nothing to do', () => {
    const none = { ...COUNTS, documents: 0, ok: 0, failed: 0, jobs: 0 };
    const idle = { running: [], perHour: null, endsAt: null, done: { documents: 0, jobs: 0 } };
    expect(frameOf(progressOf({ phase: 'planning' }))).toEqual(['listing documents']);
    expect(frameOf(progressOf({ phase: 'closing', running: [], endsAt: null }))[1]).toContain('writing the manifest');
    expect(frameOf(progressOf({ counts: none, ...idle }))[0]).toContain('0 of 0 documents, 100 %');
  });

  it('is a line for each job that ends where nothing can be redrawn', () => {
    const first = showBatch({ progress: progressOf(), retrying: null }).changes(new Map());
    expect(first.lines).toEqual(['37 of 120 documents, 4 of 12 jobs, 2 failed']);
    const later = progressOf({ endsAt: null, perHour: 1 });
    expect(showBatch({ progress: later, retrying: null }).changes(first.now).lines).toEqual([]);
    expect(showBatch({ progress: null, retrying: null }).changes(new Map()).lines).toEqual([]);
  });

  it('says what a job is retrying, once for each failure', () => {
    const retrying = { key: 'inbox-1/5', type: 'UnstructuredStorageError', message: 'the disk\nis full' };
    const line = 'inbox-1/5 is retrying after: the disk is full';
    const progress = progressOf();
    const frame = (view: BatchView) => showBatch(view).frame(NOW, 100, PLAIN);
    expect(frame({ progress, retrying }).split('\n')).toEqual([...frameOf(progress), line]);
    expect(frame({ progress: null, retrying })).toBe(`starting\n${line}`);
    let printed: ReadonlyMap<string, string> = new Map();
    const linesOf = (view: BatchView) => {
      const { lines, now } = showBatch(view).changes(printed);
      printed = now;
      return lines;
    };
    expect(linesOf({ progress, retrying })).toEqual(['37 of 120 documents, 4 of 12 jobs, 2 failed', line]);
    expect(linesOf({ progress, retrying: null })).toEqual([]);
    expect(linesOf({ progress, retrying: { ...retrying, message: 'the disk is still full' } })).toEqual([]);
    expect(linesOf({ progress, retrying: { ...retrying, key: 'inbox-1/6' } })).toEqual([
      'inbox-1/6 is retrying after: the disk is full',
    ]);
  });
});

describe('a batch that ended', () => {
  const line: ManifestLine = {
    ref: 'file:///in/a.pdf',
    path: 'sub/a.pdf',
    identity: 'file:///in/a.pdf',
    bytes: 1,
    version: null,
    status: 'failed',
    reason: 'it is \u001b[31mencrypted',
    refusal: null,
    jobId: null,
    fileId: null,
    unsettled: false,
    workflowId: null,
    runId: null,
    outputs: [],
  };
  const batch: FinishedBatch = {
    title: 'Batch inbox-1',
    counts: { ...COUNTS, ok: 117, failed: 3 },
    elapsed: 61_000,
    leftOut: { hidden: 2, empty: 1 },
    leftOutFile: 'left-out.jsonl',
    unsettledJobs: 0,
    notOk: [line, { ...line, ref: 'file:///in/b%20b.pdf', path: null }],
    outputs: '/out',
    manifest: 'file:///out/_manifests/inbox-1/manifest.json',
  };

  it('shows counts, time, what is not ok, and where all is', () => {
    expect(renderBatch(batch, 100, PLAIN).split('\n')).toEqual([
      'Batch inbox-1',
      'Documents  Ok   Failed  Refused  Missing  Jobs  Failed jobs  Time',
      expect.stringMatching(/^─+$/),
      '120        117  3       0        0        12    0            1 min 1 s',
      '',
      'Not ok',
      'Document   Status  Reason',
      expect.stringMatching(/^─+$/),
      'sub/a.pdf  failed  it is  [31mencrypted',
      'b b.pdf    failed  it is  [31mencrypted',
      '… and 1 more; the manifest lists all',
      '',
      '  Left out  2 hidden, 1 empty',
      '            /out/_manifests/inbox-1/left-out.jsonl',
      '  Outputs   /out',
      '  Manifest  /out/_manifests/inbox-1/manifest.json',
    ]);
  });

  it('shows a manifest that is no file by its location', () => {
    const manifest = 's3://out/_manifests/inbox-1/manifest.json';
    expect(renderBatch({ ...batch, manifest }, 100, PLAIN)).toContain(`  Manifest  ${manifest}`);
  });

  it('shows the file of what was left out as the manifest names it', () => {
    const shown = (more: Partial<FinishedBatch>) => renderBatch({ ...batch, ...more }, 100, PLAIN);
    const leftOutFile = 'not-taken.jsonl';
    expect(shown({ leftOutFile })).toContain(' /out/_manifests/inbox-1/not-taken.jsonl\n');
    const manifest = 's3://out/_manifests/inbox-1/manifest.json';
    expect(shown({ leftOutFile, manifest })).toContain(' s3://out/_manifests/inbox-1/not-taken.jsonl\n');
    expect(shown({ leftOutFile: null })).toContain('  Left out  2 hidden, 1 empty\n  Outputs');
  });

  it('says what to do before documents of an unsettled job are paid for again, in lines of the width', () => {
    expect(renderBatch(batch, 60, PLAIN)).not.toContain('may have been started');
    const unsettled = { ...batch, leftOut: { unsettled: 3 }, leftOutFile: null, unsettledJobs: 1 };
    const lines = renderBatch(unsettled, 60, PLAIN).split('\n');
    expect(lines.slice(lines.indexOf('1 job may have been started, may still run, or may have'))).toEqual([
      '1 job may have been started, may still run, or may have',
      'outputs to fetch. Look in Unstructured before you process',
      'their documents again: unsettledJobs in the manifest shows',
      'what is known.',
      '3 documents left out as unsettled: an earlier batch may have',
      'started their job. To resume it, run that batch again under',
      'its key. To send them once more, use --retry-failed with its',
      'manifest.',
    ]);
  });
});

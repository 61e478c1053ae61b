// What the pages on other languages and on results tell of inputs, results and progress are the fields that there are, and no others.
import { expect, test } from 'vitest';
import type {
  AwaitedJob,
  AwaitJobInput,
  AwaitJobOptions,
  AwaitJobResult,
  BatchPhase,
  BatchProgress,
  CancelReport,
  CallErrorSummary,
  CheckNow,
  DocumentResult,
  DocumentsOutcome,
  FailedFile,
  FilesSource,
  JobSummary,
  LostOutput,
  NodeFile,
  NodeStats,
  RunJobInput,
  RunJobResult,
  RunJobsInput,
  RunJobsResult,
  RunPhase,
  RunProgress,
  SavedOutput,
  StallReport,
  WaitReport,
  WaitProgress,
} from '../../src';
import { durationToMs } from '../../src/common/duration';
import { CHECK_NOW_SIGNAL, PROGRESS_QUERY, RUN_MEMO } from '../../src/core/names';
import { resolveBatchInput } from '../../src/core/batch/input';
import { resolveRunInput } from '../../src/core/run/input';
import { resolveWaitInput } from '../../src/core/wait/input';
import { type Fields, fieldsOf, inCode, inside, rowsOf, tablesBelow } from '../support/fields';
import { readPage } from '../support/pages';
import { COUNTS } from '../support/manifest-fields';

const PAGE = readPage('other-languages');
const RESULTS = readPage('results');

/** Fields of an input beside the options, which have tables of their own. */
const INPUT: Fields<Omit<AwaitJobInput, keyof AwaitJobOptions | 'continued'>> = {
  'jobId?': 'string',
  'workflowId?': 'string',
  'createdAfter?': 'string',
  'version?': 'number',
};

const JOB: Fields<JobSummary> = {
  id: 'string',
  workflowId: 'string or null',
  workflowName: 'string or null',
  status: 'string',
  createdAt: 'string or null',
  runtime: 'string or null',
  jobType: 'string or null',
};

const NODE_FILE: Fields<NodeFile> = {
  nodeId: 'string',
  fileId: 'string',
  'nodeType?': 'string',
  'nodeSubtype?': 'string',
};

const FAILED_FILE: Fields<FailedFile> = { document: 'string', error: 'string' };

const OUTCOME: Fields<DocumentsOutcome> = {
  processingStatus: 'string',
  failedFiles: 'object[]',
  failedFilesTotal: 'number or null',
};

const ACCOUNT: Fields<WaitReport> = {
  startedAt: 'string',
  endedAt: 'string',
  checks: 'number',
  failures: 'object',
  unknownStatuses: 'object',
  unreadableEntries: 'number',
  queuedMs: 'number',
  runningMs: 'number',
  hints: 'number',
  noticedWithinMs: 'number or null',
};

const WAITED: Fields<AwaitJobResult> = {
  job: 'object',
  inputFileIds: 'string[] or null',
  outputNodeFiles: 'object[]',
  outputNodeFilesSource: 'string',
  outputNodeFilesTotal: 'number',
  documents: 'object or null',
  documentsError: 'string or null',
  wait: 'object',
};

const SAVED: Fields<SavedOutput> = {
  jobId: 'string',
  fileId: 'string',
  nodeId: 'string or null',
  location: 'string',
  bytes: 'number',
  sha256: 'string',
  contentType: 'string',
};

const LOST: Fields<LostOutput> = {
  jobId: 'string',
  fileId: 'string',
  nodeId: 'string or null',
  type: 'string',
  message: 'string',
  'status?': 'number',
  'code?': 'string',
  'requestId?': 'string',
  'region?': 'string',
};

type WithReason = Extract<DocumentResult, { refusal: string }>;
type Absent = 'reason' | 'refusal';

const DOCUMENT: Fields<Omit<WithReason, Absent> & Partial<Pick<WithReason, Absent>>> = {
  ref: 'string',
  fileId: 'string or null',
  status: 'string',
  'reason?': 'string',
  'refusal?': 'string',
  outputs: 'object[]',
};

const RAN: Fields<RunJobResult> = {
  job: 'object',
  documents: 'object[]',
  otherOutputs: 'object[]',
  lostOutputs: 'object[]',
  lostOutputsTotal: 'number',
  failedFiles: 'object[] or null',
  failedFilesTotal: 'number or null',
  documentsError: 'string or null',
  start: 'object',
  wait: 'object',
  'part?': 'object',
};

const START: Fields<RunJobResult['start']> = { how: 'string', sends: 'number' };

const AWAITED: Fields<AwaitedJob> = { workflowId: 'string', createdAfter: 'string' };

const FAILING: Fields<NonNullable<WaitProgress['failing']>> = { count: 'number', since: 'string' };

const LAST_ERROR: Fields<NonNullable<WaitProgress['lastError']>> = { type: 'string', message: 'string', at: 'string' };

const CHECK_ERROR: Fields<CallErrorSummary> = { ...LAST_ERROR, api: 'object or null' };

const CANCEL: Fields<CancelReport> = {
  since: 'string',
  asks: 'number',
  accepted: 'boolean',
  confirmed: 'boolean',
  lastError: 'object or null',
};

const BUDGET_ENDS: Fields<WaitProgress['budgetEndsAt']> = {
  credentials: 'string or null',
  requestErrors: 'string or null',
  outage: 'string or null',
  unknownStatus: 'string or null',
};

const UNSERVED: Fields<NonNullable<WaitProgress['unserved']>> = { since: 'string', taskQueue: 'string' };

const STALLED: Fields<StallReport> = { since: 'string', nodeStats: 'object[]' };

const WATCHED: Fields<NonNullable<WaitProgress['watch']>> = { since: 'string', tickMs: 'number' };

const WAITING: Fields<WaitProgress> = {
  account: 'string or null',
  jobId: 'string or null',
  awaited: 'object or null',
  status: 'string or null',
  statusSince: 'string or null',
  activity: 'string',
  watch: 'object or null',
  nextCheckAt: 'string or null',
  limitAt: 'string or null',
  budgetEndsAt: 'object',
  unserved: 'object or null',
  stalled: 'object or null',
  nodeCountsError: 'string or null',
  startedAt: 'string',
  lastCheckAt: 'string or null',
  checks: 'number',
  failures: 'object',
  failing: 'object or null',
  lastError: 'object or null',
  unknownStatuses: 'object',
  unreadableEntries: 'number',
  queuedMs: 'number',
  runningMs: 'number',
  outputNodeFilesTotal: 'number or null',
  hints: 'number',
  searchAttributesError: 'string or null',
  cancel: 'object or null',
};

type StartProgress = NonNullable<RunProgress['start']>;

const STARTING: Fields<Omit<StartProgress, 'budgetEndsAt'>> = {
  sends: 'number',
  lastError: 'object or null',
  searchEndsAt: 'string or null',
};

const START_BUDGETS: Fields<StartProgress['budgetEndsAt']> = {
  credentials: 'string or null',
  start: 'string or null',
  documents: 'string or null',
  outage: 'string or null',
};

const START_ERROR: Fields<NonNullable<StartProgress['lastError']>> = LAST_ERROR;

const NODE: Fields<NodeStats> = {
  nodeName: 'string or null',
  nodeType: 'string or null',
  nodeSubtype: 'string or null',
  ready: 'number',
  inProgress: 'number',
  success: 'number',
  failure: 'number',
};

const RUNNING: Fields<RunProgress> = {
  phase: 'string',
  done: 'number or null',
  total: 'number or null',
  account: 'string or null',
  jobId: 'string or null',
  documents: 'number',
  start: 'object or null',
  fetching: 'object or null',
  wait: 'object or null',
  unserved: 'object or null',
  nodeStats: 'object[] or null',
};

const BATCH_RAN: Fields<RunJobsResult> = { counts: 'object', manifest: 'object' };

const STORED_MANIFEST: Fields<RunJobsResult['manifest']> = { location: 'string', parts: 'number' };

const BATCHING: Fields<BatchProgress> = {
  phase: 'string',
  counts: 'object',
  done: 'object',
  running: 'object[]',
  startedAt: 'string',
  perHour: 'number or null',
  endsAt: 'string or null',
  leftOut: 'object',
  unserved: 'object or null',
};

const DONE: Fields<BatchProgress['done']> = { documents: 'number', jobs: 'number' };

const JOB_UNDER_WAY: Fields<BatchProgress['running'][number]> = { part: 'number', key: 'string', since: 'string' };

type Fetching = NonNullable<RunProgress['fetching']>;

const FETCHING: Fields<Omit<Fetching, 'budgetEndsAt'>> = {
  retries: 'number',
  lastError: 'object or null',
  limitAt: 'string or null',
};

const FETCHING_BUDGETS: Fields<Fetching['budgetEndsAt']> = { credentials: 'string or null' };

/** The values that some fields may have; the compiler sees to it that none is missing and none too many. */
const SOURCES: Record<FilesSource, true> = { answer: true, earlierAnswer: true, start: true, none: true };
const STATUSES: Record<DocumentResult['status'], true> = {
  ok: true,
  failed: true,
  missing: true,
  skipped: true,
};
const HOW: Record<RunJobResult['start']['how'], true> = { answered: true, found: true, adopted: true, given: true };
const ACTIVITIES: Record<WaitProgress['activity'], true> = {
  checking: true,
  sleeping: true,
  watching: true,
  askingDocuments: true,
  ended: true,
};
const PHASES: Record<RunPhase, true> = {
  uploading: true,
  searching: true,
  starting: true,
  queued: true,
  running: true,
  fetching: true,
  ended: true,
};

const BATCH_PHASES: Record<BatchPhase, true> = {
  planning: true,
  running: true,
  draining: true,
  closing: true,
  ended: true,
};

test('the fields of inputs beside the options stand there', () => {
  const [table] = tablesBelow(PAGE, 'Inputs');
  const optional = Object.entries(fieldsOf(table)).map(([name, type]) => [`${name}?`, type]);
  expect(Object.fromEntries(optional)).toEqual(INPUT);
});

test('the inputs that are shown are good ones', () => {
  const part = PAGE.split('\n## ')[0] ?? '';
  const [wait, run, batch, ...others] = [...part.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
  expect(resolveWaitInput(JSON.parse(wait!) as AwaitJobInput, durationToMs).options.runLimit).toBe(6 * 3_600_000);
  expect(resolveRunInput(JSON.parse(run!) as RunJobInput, durationToMs).wait.runLimit).toBe(2 * 3_600_000);
  expect(resolveBatchInput(JSON.parse(batch!) as RunJobsInput, durationToMs).options.tolerated).toBe(0.05);
  expect(others).toEqual([]);
});

test('the fields of the result of a wait stand there with their types, and no others', () => {
  const [table] = tablesBelow(RESULTS, 'Result of a wait');
  const fields = {
    ...WAITED,
    ...inside('job', JOB),
    ...inside('outputNodeFiles[]', NODE_FILE),
    ...inside('documents', OUTCOME),
    ...inside('documents.failedFiles[]', FAILED_FILE),
    ...inside('wait', ACCOUNT),
  };
  expect(fieldsOf(table)).toEqual(rowsOf(fields));
  expect(valuesOf(table, 'outputNodeFilesSource')).toEqual(Object.keys(SOURCES));
});

test('the fields of the result of a run stand there with their types, and no others', () => {
  const [table] = tablesBelow(RESULTS, 'Result of a run');
  const fields = {
    ...RAN,
    ...inside('documents[]', DOCUMENT),
    ...inside('documents[].outputs[]', SAVED),
    ...inside('lostOutputs[]', LOST),
    ...inside('start', START),
  };
  expect(fieldsOf(table)).toEqual(rowsOf(fields));
  expect(valuesOf(table, 'documents[].status')).toEqual(Object.keys(STATUSES));
  expect(valuesOf(table, 'start.how')).toEqual(Object.keys(HOW));
});

test('the fields of the result of a batch stand there with their types, and no others', () => {
  const [table] = tablesBelow(RESULTS, 'Result of a batch');
  const fields = { ...BATCH_RAN, ...inside('counts', COUNTS), ...inside('manifest', STORED_MANIFEST) };
  expect(fieldsOf(table)).toEqual(rowsOf(fields));
});

test('the fields of the progress of a wait stand there with their types, and no others', () => {
  const [table] = tablesBelow(RESULTS, 'Progress and hints');
  const fields = {
    ...WAITING,
    ...inside('awaited', AWAITED),
    ...inside('watch', WATCHED),
    ...inside('budgetEndsAt', BUDGET_ENDS),
    ...inside('failing', FAILING),
    ...inside('unserved', UNSERVED),
    ...inside('stalled', STALLED),
    ...inside('lastError', LAST_ERROR),
    ...inside('cancel', CANCEL),
    ...inside('cancel.lastError', CHECK_ERROR),
  };
  expect(fieldsOf(table)).toEqual(rowsOf(fields));
  expect(valuesOf(table, 'activity')).toEqual(Object.keys(ACTIVITIES));
});

test('the fields of the progress of a run stand there with their types, and no others', () => {
  const [, table] = tablesBelow(RESULTS, 'Progress and hints');
  const fields = {
    ...RUNNING,
    ...inside('unserved', UNSERVED),
    ...inside('start', STARTING),
    ...inside('start.lastError', START_ERROR),
    ...inside('start.budgetEndsAt', START_BUDGETS),
    ...inside('fetching', FETCHING),
    ...inside('fetching.lastError', START_ERROR),
    ...inside('fetching.budgetEndsAt', FETCHING_BUDGETS),
    ...inside('nodeStats[]', NODE),
  };
  expect(fieldsOf(table)).toEqual(rowsOf(fields));
  expect(valuesOf(table, 'phase')).toEqual(Object.keys(PHASES));
});

test('the fields of the progress of a batch stand there with their types, and no others', () => {
  const [, , table] = tablesBelow(RESULTS, 'Progress and hints');
  const fields = {
    ...BATCHING,
    ...inside('counts', COUNTS),
    ...inside('done', DONE),
    ...inside('running[]', JOB_UNDER_WAY),
    ...inside('unserved', UNSERVED),
  };
  expect(fieldsOf(table)).toEqual(rowsOf(fields));
  expect(valuesOf(table, 'phase')).toEqual(Object.keys(BATCH_PHASES));
});

test('the memo is named that takes a run up', () => {
  expect(PAGE).toContain(`the value of \`${RUN_MEMO}\` in the run's memo`);
});

test('query and signal are named, and what the signal carries', () => {
  const part = RESULTS.split('\n## Progress and hints\n')[1]?.split('\n## ')[0] ?? '';
  const hint: Record<keyof CheckNow, true> = { safetyGap: true };
  expect(part).toContain(`The query \`${PROGRESS_QUERY}\``);
  const [, carried = '{}'] = new RegExp(`The signal \`${CHECK_NOW_SIGNAL}\`.*?\`(\\{.*?\\})\``).exec(part) ?? [];
  expect(Object.keys(JSON.parse(carried) as CheckNow)).toEqual(Object.keys(hint));
});

/** The values that the row of a field names. */
function valuesOf(table: string[][] = [], field: string): string[] {
  return inCode(table.find(([names]) => inCode(names).includes(field))?.[2]);
}

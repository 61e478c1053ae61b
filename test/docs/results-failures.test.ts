// What the page on results tells of the details of failures are the fields that there are, and no others.
import { expect, test } from 'vitest';
import type {
  ApiErrorDetails,
  JobTimeoutDetails,
  LimitName,
  UnstructuredFailureDetails,
  ValidationItem,
} from '../../src';
import { REFUSALS } from '../../src/core/refusal';
import { type ApiErrorType, ERROR_KINDS } from '../../src/core/errors';
import { type Fields, fieldsOf, inCode, inside, rowsOf, tablesBelow } from '../support/fields';
import { readPage } from '../support/pages';

const PAGE = readPage('results');
const [table = [], ofACall = []] = [
  ...tablesBelow(PAGE, 'Failures of waits, runs and batches'),
  ...tablesBelow(PAGE, 'Failures of calls'),
];

type Type = Exclude<keyof UnstructuredFailureDetails, ApiErrorType>;

const OF_A_JOB: Fields<UnstructuredFailureDetails['UnstructuredJobFailedError']> = {
  jobId: 'string',
  job: 'object',
  lastStatus: 'string',
  outputNodeFiles: 'object[]',
  outputNodeFilesTotal: 'number',
  failedFiles: 'object[] or null',
  failedFilesTotal: 'number or null',
  wait: 'object',
};

const DETAILS: { [T in Type]: Fields<UnstructuredFailureDetails[T]> } = {
  UnstructuredUnreachableError: {
    jobId: 'string or null',
    job: 'object or null',
    lastStatus: 'string or null',
    lastError: 'object',
    failedChecks: 'number',
    since: 'string',
    wait: 'object',
  },
  UnstructuredJobFailedError: OF_A_JOB,
  UnstructuredJobStoppedError: OF_A_JOB,
  UnstructuredJobTimeoutError: {
    jobId: 'string or null',
    limit: 'string',
    limitMs: 'number',
    lastStatus: 'string or null',
    job: 'object or null',
    lastCheck: 'string or null',
    lastError: 'object or null',
    stalled: 'object or null',
    cancel: 'object or null',
    wait: 'object',
  },
  UnstructuredJobPartiallyFailedError: { ...OF_A_JOB, processingStatus: 'string', failedFiles: 'object[]' },
  UnstructuredOutputListTooLargeError: {
    jobId: 'string',
    job: 'object',
    bytes: 'number',
    maxBytes: 'number',
    files: 'string',
    outputNodeFilesTotal: 'number',
    'inputBytes?': 'number',
    'lastStatus?': 'string or null',
    'wait?': 'object',
  },
  UnstructuredStartUncertainError: {
    sentAt: 'string',
    cause: 'object',
    token: 'string or null',
    candidates: 'object[]',
    candidatesTotal: 'number',
    unlisted: 'string[]',
    unreadableEntries: 'number',
  },
  UnstructuredWorkflowBusyError: { workflowId: 'string', detail: 'string or null', running: 'object[]' },
  UnstructuredDocumentRefusedError: {
    ref: 'string',
    reason: 'string',
    'status?': 'number',
    'code?': 'string',
    'requestId?': 'string',
    'region?': 'string',
    refused: 'object[]',
    refusedTotal: 'number',
  },
  UnstructuredTransferError: {
    jobId: 'string or null',
    lost: 'object[]',
    lostTotal: 'number',
    saved: 'object[]',
    savedTotal: 'number',
  },
  UnstructuredBatchFailedError: { counts: 'object', manifest: 'object', tolerated: 'number' },
};

const OF_A_CALL: Fields<ApiErrorDetails> = {
  kind: 'string',
  'status?': 'number',
  'requestId?': 'string',
  'method?': 'string',
  'path?': 'string',
  'jobId?': 'string',
  'detail?': 'string',
  'code?': 'string',
  'retryAfterMs?': 'number',
  'validation?': 'object[]',
  'notSent?': 'boolean',
  'incomplete?': 'boolean',
  'notAccepted?': 'boolean',
  'wrongSetup?': 'boolean',
};

const VALIDATION_ITEM: Fields<ValidationItem> = { loc: 'array', msg: 'string', type: 'string' };

const LIMITS: Record<LimitName, true> = { queue: true, run: true, total: true, stall: true, unknownStatus: true };

const CHECKS: Record<NonNullable<JobTimeoutDetails['lastCheck']>, true> = {
  answer: true,
  absent: true,
  appeared: true,
  error: true,
  noAnswer: true,
};

test('every failure that is none of a call has its row, in the order of the types', () => {
  expect(table.flatMap(([type]) => inCode(type))).toEqual(Object.keys(DETAILS));
});

test.each(Object.entries(DETAILS))('the fields of %s stand there, and which of them may be null', (type, fields) => {
  const named = [...fieldsCell(type).matchAll(/`([^`]+)`( or null)?/g)].map(([, name, orNull]) => [
    name,
    orNull !== undefined,
  ]);
  const all = Object.entries<string>(fields).map(([name, written]) => [name, written.endsWith(' or null')]);
  expect(Object.fromEntries(named)).toEqual(Object.fromEntries(all));
});

test('limits, last checks and refusals are named, and no others', () => {
  const valuesOf = (type: Type) => [...fieldsCell(type).matchAll(/'(\w+)'/g)].map(([, value]) => value);
  expect(valuesOf('UnstructuredJobTimeoutError')).toEqual([...Object.keys(LIMITS), ...Object.keys(CHECKS)]);
  expect(valuesOf('UnstructuredDocumentRefusedError')).toEqual(REFUSALS);
});

test('the fields of a failed call stand there with their types, and no others', () => {
  expect(fieldsOf(ofACall)).toEqual(rowsOf({ ...OF_A_CALL, ...inside('validation[]', VALIDATION_ITEM) }));
  expect(inCode(ofACall[0]?.[2])).toEqual(Object.keys(ERROR_KINDS));
});

function fieldsCell(type: string): string {
  return table.find(([types]) => inCode(types).includes(type))?.[1] ?? '';
}

// Names that users and programs in other languages see are stable: Temporal holds them in histories, and callers spell them out.
import { expect, test } from 'vitest';
import * as activities from '../../activities';
import * as main from '../../src';
import { FAILURE_TYPES } from '../../src/common/failure';
import { ERROR_KINDS } from '../../src/core/errors';
import * as names from '../../src/core/names';
import * as workflows from '../../workflows';

const JOB = 'A1B2C3D4-0000-4000-8000-000000000000';

test('workflow, activity, signal, query and workflow id keep their names', () => {
  expect(names.AWAIT_JOB_COMPLETION).toBe('awaitJobCompletion');
  expect(workflows.awaitJobCompletion.name).toBe('awaitJobCompletion');
  expect(workflows.runJob.name).toBe('runJob');
  expect(names.RUN_JOB).toBe('runJob');
  expect(workflows.runJobs.name).toBe('runJobs');
  expect(names.RUN_JOBS).toBe('runJobs');
  const client = new main.UnstructuredClient({ apiKey: 'test-key' });
  expect(Object.keys(activities.createUnstructuredActivities(() => client))).toEqual([
    'getJob',
    'unstructured.createJob',
    'unstructured.runWorkflow',
    'unstructured.listJobs',
    'unstructured.cancelJob',
    'unstructured.getJobDetails',
    'unstructured.getJobFailedFiles',
    'unstructured.getJobFileStatus',
    'unstructured.collectJobOutputs',
    'unstructured.joinRun',
    'unstructured.watchJob',
    'unstructured.planJobs',
    'unstructured.writePlan',
    'unstructured.beginJob',
    'unstructured.writeManifestPart',
    'unstructured.writeManifest',
  ]);
  expect(workflows.checkNow.name).toBe('unstructured.checkNow');
  expect(workflows.progress.name).toBe('unstructured.progress');
  expect(workflows.runProgress.name).toBe('unstructured.progress');
  expect(workflows.batchProgress.name).toBe('unstructured.progress');
  expect(names.TRANSFER_SIGNAL).toBe('unstructured.transfer');
  expect(names.RUN_MEMO).toBe('unstructured');
  expect(names.DOCUMENTS_MEMO).toBe('unstructured.documents');
  expect(names.ANSWER_MEMO).toBe('unstructured.answer');
  expect(names.JOB_ID_MEMO).toBe('unstructured.jobId');
  expect(names.ACCOUNT_MEMO).toBe('unstructured.account');
  expect(names.waiterWorkflowId(JOB)).toBe('unstructured-job-a1b2c3d4-0000-4000-8000-000000000000');
});

test('failure types keep their names and retryability', () => {
  const retried = Object.entries(FAILURE_TYPES).map(
    ([type, { retryable }]) => `${type}${retryable ? ' (retried)' : ''}`,
  );
  expect(retried).toEqual([
    'UnstructuredAuthenticationError',
    'UnstructuredPaymentRequiredError',
    'UnstructuredPermissionError',
    'UnstructuredNotFoundError',
    'UnstructuredValidationError',
    'UnstructuredRequestError',
    'UnstructuredRateLimitError (retried)',
    'UnstructuredServerError (retried)',
    'UnstructuredConnectionError (retried)',
    'UnstructuredTimeoutError (retried)',
    'UnstructuredResponseError (retried)',
    'UnstructuredUnreachableError',
    'UnstructuredJobFailedError',
    'UnstructuredJobStoppedError',
    'UnstructuredJobTimeoutError',
    'UnstructuredJobPartiallyFailedError',
    'UnstructuredOutputListTooLargeError',
    'UnstructuredStartUncertainError',
    'UnstructuredWorkflowBusyError',
    'UnstructuredDocumentRefusedError',
    'UnstructuredTransferError',
    'UnstructuredBatchFailedError',
  ]);
  expect(Object.values(ERROR_KINDS).every(({ type }) => type in FAILURE_TYPES)).toBe(true);
});

test('every error class has the one base, and its name for a type', () => {
  const classes = Object.entries(main).filter(([, value]) => Object.prototype.isPrototypeOf.call(Error, value));
  expect(classes.length).toBeGreaterThan(12);
  for (const [name, one] of classes)
    expect(one === main.UnstructuredError || main.UnstructuredError.isPrototypeOf(one), name).toBe(true);
});

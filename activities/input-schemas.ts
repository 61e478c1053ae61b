import { z } from 'zod';
import { BATCH_OUTCOMES } from '../src/core/batch/manifest';
import { FILE_SELECTIONS } from '../src/core/job';
import { anyThat, BOOLEAN, INSTANT, number, oneOf, type Rule, TEXT, UUID, wholeNumber } from '../src/core/option-rules';
import { type OutputSelection, OUTPUT_SELECTIONS } from '../src/core/output';
import { MEDIA_TYPE } from '../src/core/run/check-input';
import { templateError } from '../src/core/run/output-template';
import { DOCUMENT_STATUSES } from '../src/core/run/planned-job';
import { ON_REFUSED } from '../src/core/start/options';
import type { UnstructuredActivities } from './types';

/** Schema of a field that follows an option's rule. The message of each schema describes a valid value. */
function by(rule: Rule): z.ZodType {
  const isGood = (value: unknown) => rule.read(value, () => undefined) !== undefined;
  return z.unknown().refine(isGood, { error: rule.expected, abort: true });
}

function object<Fields extends z.ZodRawShape>(fields: Fields) {
  return z.looseObject(fields, 'an object');
}

function list(entry: z.ZodType) {
  return z.array(entry, 'a list');
}

const text = by(TEXT);
const boolean = by(BOOLEAN);
const instant = by(INSTANT);
const jobId = by(UUID);
const positive = by(wholeNumber(1));
const count = by(wholeNumber(0));
const aboveZero = by(number('a number above 0', (value) => value > 0));
const mediaType = by(MEDIA_TYPE);
const documentHash = by(anyThat('letters and digits, at most 64', isHash));
const account = text.optional();
const credentialBudgetMs = by(number('a number of at least 0', (value) => value >= 0)).optional();

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value);
}

/** The client checks ids, and its errors name them. If outputs are named by an id before that, the id is checked here. */
const ofJob = object({ account });
const countedByCaller = ofJob.extend({ benign: boolean.optional() });
const aboutDocuments = countedByCaller.extend({ longestPauseMs: aboveZero.optional() });

const onDemand = z.union(
  [object({ templateId: text }), object({ jobNodes: list(object({})).min(1) })],
  "{ templateId: 'name' } or { jobNodes: [node, …] }",
);

const workflow = z.looseObject({ workflowId: text }, '{ workflowId: a uuid }');

const batch = object({ to: text, key: text, credentialBudgetMs });
const leftOut = z.record(z.string(), count, 'an object');
const planParts = object({ id: text, earlier: list(object({ id: text, jobs: count })) });

const startSchema = (start: z.ZodType) =>
  object({
    account,
    start,
    documents: list(object({ ref: text, uploadName: text, prefix: text.nullish(), contentType: mediaType.nullish() })),
    onRefused: by(oneOf(ON_REFUSED)).optional(),
    refused: list(object({ index: count, reason: text, message: text })).optional(),
    maxDocumentBytes: aboveZero,
    listJobsSince: instant.optional(),
    outputsTo: text.optional(),
    originalRunId: text.optional(),
    searchedRunId: text.optional(),
    benign: boolean.optional(),
  });

/** Whether a template is valid depends on the selection. */
function refuseWrongName(input: object, context: z.RefinementCtx): void {
  const { name, which } = input as { name?: string; which: OutputSelection };
  const error = name === undefined ? undefined : templateError(name, which);
  if (error !== undefined) context.addIssue({ code: 'custom', path: ['name'], params: { error } });
}

/** Schema of each activity's input. Unknown fields are allowed, so that older workers serve newer workflows. */
export const INPUT_SCHEMAS: Readonly<Record<keyof UnstructuredActivities, z.ZodType>> = {
  getJob: ofJob,
  'unstructured.createJob': startSchema(onDemand),
  'unstructured.runWorkflow': startSchema(workflow),
  'unstructured.cancelJob': countedByCaller,
  'unstructured.getJobDetails': aboutDocuments,
  'unstructured.getJobFailedFiles': aboutDocuments,
  'unstructured.getJobFileStatus': ofJob,
  'unstructured.listJobs': object({
    account,
    workflowId: text.optional(),
    status: text.optional(),
    createdAfter: instant.optional(),
    token: text.optional(),
    inputFiles: boolean.optional(),
    benign: boolean.optional(),
  }),
  'unstructured.collectJobOutputs': object({
    account,
    files: list(object({ fileId: text, nodeIds: list(text), path: text.nullish(), hash: documentHash.nullish() })),
    which: by(oneOf(OUTPUT_SELECTIONS)),
    to: text,
    name: text.optional(),
    parallel: by(wholeNumber(1, 64)).optional(),
    onLost: by(oneOf(['return', 'fail'])).optional(),
    credentialBudgetMs,
    jobId,
  }).superRefine(refuseWrongName),
  'unstructured.watchJob': ofJob.extend({
    status: text,
    forMs: aboveZero,
    gapMs: aboveZero,
    held: object({}),
    files: by(oneOf(FILE_SELECTIONS)),
    maxResultBytes: aboveZero,
  }),
  'unstructured.joinRun': object({
    key: text,
    before: text.optional(),
    digest: text.optional(),
    answer: z.record(z.string(), z.string('a string'), 'an object').optional(),
    jobId: jobId.optional(),
  }),
  'unstructured.planJobs': batch.extend({
    documents: z
      .union(
        [
          list(object({ ref: text })),
          object({ from: text, match: z.union([text, list(text)]).optional() }),
          object({ list: text }),
        ],
        'a list of documents, { from, match? } or { list }',
      )
      .optional(),
    retryFailed: text.optional(),
    unlessIn: z.union([text, list(text)]).optional(),
    perJob: positive,
    maxJobBytes: positive,
    name: text.optional(),
    maxDocumentBytes: aboveZero,
    digest: text,
  }),
  'unstructured.writePlan': batch.extend({ plan: planParts.extend({ jobs: count, leftOut }) }),
  'unstructured.beginJob': batch.extend({
    plan: text,
    part: positive,
    run: object({ workflowId: text, runId: text }),
    isResumed: by(BOOLEAN),
  }),
  'unstructured.writeManifestPart': batch.extend({
    part: positive,
    lines: list(object({ status: by(oneOf(DOCUMENT_STATUSES)), identity: text })),
  }),
  'unstructured.writeManifest': batch.extend({
    startedAt: instant,
    endedAt: instant,
    outcome: by(oneOf(BATCH_OUTCOMES)),
    leftOut,
    options: object({}),
    unlessIn: z.union([text, list(text)]).optional(),
    retryFailed: text.optional(),
    plan: planParts,
    jobs: count,
    failedJobs: count,
  }),
};

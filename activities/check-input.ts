import { z } from 'zod';
import { toApplicationFailure } from '../src/common/failure';
import { BATCH_OUTCOMES } from '../src/core/batch/manifest';
import { isMediaType } from '../src/core/document';
import { invalidInput, type UnstructuredApiError } from '../src/core/errors';
import { isInstant } from '../src/core/instant';
import { FILE_SELECTIONS, isJobId } from '../src/core/job';
import { type OutputSelection, OUTPUT_SELECTIONS } from '../src/core/output';
import { EXPECTED_TEMPLATE, templateProblem } from '../src/core/run/output-template';
import { DOCUMENT_STATUSES } from '../src/core/run/planned-job';
import { ON_REFUSED } from '../src/core/start/options';
import { given, isObject, kindOf, show } from '../src/core/values';
import { bringingBack } from './support/bring-back';
import type { UnstructuredActivities } from './types';

type Activity = (input: object) => Promise<unknown>;

/**
 * Activities by name that check their input: one object, with `null` for what is not given. A wrong one is refused for good: it would end in
 * a TypeError, which Temporal retries for ever.
 */
export function checkingInput<Activities extends object>(activities: Activities): Activities {
  const checked = Object.entries(activities).map(([name, activity]) => [
    name,
    checking(name as keyof typeof INPUT_SCHEMAS, activity as Activity),
  ]);
  return Object.fromEntries(checked) as Activities;
}

function checking(name: keyof typeof INPUT_SCHEMAS, activity: Activity): (input: unknown) => Promise<unknown> {
  return async (input) => {
    if (!isObject(input))
      throw toApplicationFailure(invalidInput(`The input of ${name} must be an object; got ${show(input)}.`));
    const known = given(input);
    const { error } = INPUT_SCHEMAS[name].safeParse(known);
    if (error) throw toApplicationFailure(wrongInput(name, known, error));
    return bringingBack(known, () => activity(known));
  };
}

function wrongInput(name: string, input: object, { issues: [issue] }: z.ZodError): UnstructuredApiError {
  const path = issue?.path ?? [];
  const option = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  // An object may hold a reference with a secret.
  const got = typeof value === 'object' ? kindOf(value) : show(value);
  return invalidInput(`Option ${option.slice(1)} of ${name} is wrong: ${issue?.message ?? ''}; got ${got}.`);
}

const text = z.string().min(1);
const instant = z.string().refine(isInstant, 'expected an ISO-8601 instant with its offset');
const jobId = z.unknown().refine(isJobId, 'expected a uuid');
const mediaType = z.unknown().refine(isMediaType, 'expected a media type');
const account = text.optional();
const credentialBudgetMs = z.number().nonnegative().optional();
const documentHash = z.string().regex(/^\w{1,64}$/, 'expected letters and digits');

/** The client checks ids, and its errors name them; where outputs are named by them first, they are checked here. */
const ofJob = z.looseObject({ account });
const aboutDocuments = ofJob.extend({
  longestPauseMs: z.number().positive().optional(),
  benign: z.boolean().optional(),
});

const onDemand = z.union(
  [z.looseObject({ templateId: text }), z.looseObject({ jobNodes: z.array(z.looseObject({})).min(1) })],
  'expected { templateId } or { jobNodes }',
);

const workflow = z.looseObject({ workflowId: text }, 'expected { workflowId }');

const batch = z.looseObject({ to: text, key: text, credentialBudgetMs });
const positive = z.int().min(1);
const count = z.int().nonnegative();
const leftOut = z.record(z.string(), count);
const planParts = z.looseObject({ id: text, earlier: z.array(z.looseObject({ id: text, jobs: count })) });

const startSchema = (start: z.ZodType) =>
  z.looseObject({
    account,
    start,
    documents: z.array(
      z.looseObject({ ref: text, uploadName: text, prefix: text.nullish(), contentType: mediaType.nullish() }),
    ),
    onRefused: z.enum(ON_REFUSED).optional(),
    refused: z.array(z.looseObject({ index: count, reason: text, message: text })).optional(),
    maxDocumentBytes: z.number().positive(),
    othersSince: instant.optional(),
    outputsTo: text.optional(),
    originalRunId: text.optional(),
    searchedRunId: text.optional(),
  });

function refuseWrongName(
  { name, which }: { name?: string | undefined; which: OutputSelection },
  context: z.RefinementCtx,
): void {
  const problem = name === undefined ? undefined : templateProblem(name, which);
  if (problem !== undefined)
    context.addIssue({ code: 'custom', path: ['name'], message: `expected ${EXPECTED_TEMPLATE}: ${problem}` });
}

/** What each activity must be given. What else stands beside it is left alone, so that older workers serve newer workflows. */
const INPUT_SCHEMAS: Readonly<Record<keyof UnstructuredActivities, z.ZodType>> = {
  getJob: ofJob,
  'unstructured.createJob': startSchema(onDemand),
  'unstructured.runWorkflow': startSchema(workflow),
  'unstructured.cancelJob': ofJob,
  'unstructured.getJobDetails': aboutDocuments,
  'unstructured.getJobFailedFiles': aboutDocuments,
  'unstructured.getJobFileStatus': ofJob,
  'unstructured.listJobs': z.looseObject({
    account,
    workflowId: text.optional(),
    status: text.optional(),
    createdAfter: instant.optional(),
    token: text.optional(),
    inputFiles: z.boolean().optional(),
    benign: z.boolean().optional(),
  }),
  'unstructured.collectJobOutputs': z
    .looseObject({
      account,
      files: z.array(
        z.looseObject({ fileId: text, nodeIds: z.array(text), path: text.nullish(), hash: documentHash.nullish() }),
      ),
      which: z.enum(OUTPUT_SELECTIONS),
      to: text,
      name: text.optional(),
      parallel: z.int().min(1).max(64).optional(),
      onLost: z.enum(['return', 'fail']).optional(),
      credentialBudgetMs,
      jobId,
    })
    .superRefine(refuseWrongName),
  'unstructured.watchJob': ofJob.extend({
    status: text,
    forMs: z.number().positive(),
    gapMs: z.number().positive(),
    held: z.looseObject({}),
    files: z.enum(FILE_SELECTIONS),
    maxResultBytes: z.number().positive(),
  }),
  'unstructured.joinRun': z.looseObject({
    key: text,
    before: text.optional(),
    digest: text.optional(),
    answer: z.record(z.string(), z.string()).optional(),
    jobId: jobId.optional(),
  }),
  'unstructured.planJobs': batch.extend({
    documents: z
      .union([
        z.array(z.looseObject({ ref: text })),
        z.looseObject({ from: text, match: z.union([text, z.array(text)]).optional() }),
        z.looseObject({ list: text }),
      ])
      .optional(),
    retryFailed: text.optional(),
    unlessIn: text.optional(),
    perJob: positive,
    maxJobBytes: positive,
    name: text.optional(),
    maxDocumentBytes: z.number().positive(),
    digest: text,
  }),
  'unstructured.writePlan': batch.extend({ plan: planParts.extend({ jobs: count, leftOut }) }),
  'unstructured.readPlan': batch.extend({ plan: text, part: positive }),
  'unstructured.writeManifestPart': batch.extend({
    part: positive,
    lines: z.array(z.looseObject({ status: z.enum(DOCUMENT_STATUSES), identity: text })),
  }),
  'unstructured.writeManifest': batch.extend({
    startedAt: instant,
    endedAt: instant,
    outcome: z.enum(BATCH_OUTCOMES),
    uncertainStarts: z.array(z.looseObject({ part: positive })),
    leftOut,
    options: z.looseObject({}),
    unlessIn: text.optional(),
    retryFailed: text.optional(),
    plan: planParts,
    jobs: count,
    failedJobs: count,
    begunJobs: count,
  }),
};

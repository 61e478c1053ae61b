import { type DocumentInput, isMediaType } from '../document';
import { encodedBytes } from '../encoded-size';
import { invalidInput } from '../errors';
import { isJobId } from '../job';
import {
  anyThat,
  INSTANT,
  oneOf,
  type Reading,
  readOption,
  refuseUnknown,
  type Rule,
  TEXT,
  wholeNumber,
  wrongOption,
} from '../option-rules';
import { OUTPUT_SELECTIONS, type RunOutputs } from '../output';
import { START_OPTION_NAMES } from '../start/options';
import type { JobToStart } from '../start/request';
import { given, isObject, kindOf, show } from '../values';
import { WAIT_OPTION_NAMES } from '../wait/resolve-options';
import { checkTemplate } from './output-template';
import type { PlannedJob } from './planned-job';

export function checkJobToStart(start: JobToStart): JobToStart {
  const jobToStart = isObject(start) ? given(start) : ({} as JobToStart);
  const [entry, ...others] = Object.entries<unknown>(jobToStart);
  const [name, value] = entry ?? [];
  const isGood =
    (name === 'templateId' && typeof value === 'string' && value !== '') ||
    (name === 'jobNodes' && Array.isArray(value) && value.length > 0 && value.every(isObject)) ||
    (name === 'workflowId' && isJobId(value));
  if (isGood && others.length === 0) return jobToStart;
  throw invalidInput(
    `Option start must be { templateId: 'name' }, { jobNodes: [node, …] } or { workflowId: a uuid }; got ${showJobToStart(start)}.`,
  );
}

/** Describes what to start. Nodes may contain secrets, so they are not shown. */
export function showJobToStart(start: unknown): string {
  if (!isObject(start)) return kindOf(start);
  const fields = Object.entries(given(start)).map(
    ([name, value]) => `${name}: ${['templateId', 'workflowId'].includes(name) ? show(value) : kindOf(value)}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

export function checkDocuments(documents: DocumentInput[], maxDocuments: number): DocumentInput[] {
  if (!Array.isArray(documents)) throw wrongOption('documents', 'a list', documents, kindOf);
  if (documents.length > maxDocuments)
    throw invalidInput(
      `Option documents has ${documents.length} entries, more than maxDocuments (${maxDocuments}). For more documents, use runJobs.`,
    );
  return documents.map(checkDocument);
}

export const MEDIA_TYPE = anyThat("a media type, such as 'application/pdf'", isMediaType);

/** References may contain a secret, so they are not shown. */
export function shownPlace(value: unknown): string {
  return value === '' ? show(value) : kindOf(value);
}

const PLACE = { ...TEXT, show: shownPlace };

/** @throws UnstructuredValidationError naming the first field that is wrong, by its rule */
function readEach(prefix: string, rules: Record<string, Rule & Reading>, fields: object): void {
  const values = new Map<string, unknown>(Object.entries(fields));
  for (const [name, rule] of Object.entries(rules)) readOption(prefix + name, rule, values.get(name), rule);
}

const DOCUMENT: Record<keyof DocumentInput, Rule & Reading> = {
  ref: { ...TEXT, expected: 'the URL of a document', show: kindOf },
  name: TEXT,
  identity: PLACE,
  path: TEXT,
  contentType: MEDIA_TYPE,
};

function checkDocument(document: DocumentInput, index: number): DocumentInput {
  const option = `documents[${index}]`;
  if (!isObject(document))
    throw wrongOption(option, "{ ref: 'a URL', name?, identity?, path?, contentType? }", document, kindOf);
  const checked = given(document);
  refuseUnknown(`${option}.`, checked, Object.keys(DOCUMENT));
  readEach(`${option}.`, DOCUMENT, { name: '-', identity: '-', path: '-', contentType: 'a/b', ...checked });
  return checked;
}

const OUTPUTS = {
  to: { ...PLACE, expected: 'the URL of a folder or prefix' },
  which: oneOf(OUTPUT_SELECTIONS),
  onLost: oneOf(['fail', 'return']),
  parallel: wholeNumber(1, 64),
};

export function checkOutputs(outputs: RunOutputs): RunOutputs {
  if (!isObject(outputs)) throw wrongOption('outputs', "{ to: 'a URL', name?, which?, parallel?, … }", outputs, kindOf);
  const checked = { which: 'final' as const, onLost: 'fail' as const, parallel: 8, ...given(outputs) };
  const { name, which } = checked;
  readEach('outputs.', OUTPUTS, checked);
  if (name !== undefined) checkTemplate('outputs.name', name, which);
  refuseUnknown('outputs.', checked, ['to', 'name', 'which', 'onLost', 'parallel']);
  return checked;
}

const PLANNED_JOB = { to: PLACE, key: TEXT, plan: TEXT, part: wholeNumber(1), startAt: INSTANT };

/** Checks an input that only `runJobs` gives. */
export function checkPlannedJob(plannedJob: PlannedJob): PlannedJob {
  if (!isObject(plannedJob)) throw wrongOption('plannedJob', 'what a batch hands its jobs', plannedJob, kindOf);
  readEach('plannedJob.', PLANNED_JOB, { startAt: '1970-01-01T00:00:00Z', ...given(plannedJob) });
  return plannedJob;
}

/** Options of a wait that a run does not take. It decides by `outputs` and `documents` which files to request. */
const WAIT_ALONE = ['files', 'knownFiles'];

const RUN_OPTION_NAMES = [
  ...[
    'start',
    'documents',
    'outputs',
    'plannedJob',
    'resume',
    'nodeCounts',
    'collectLimit',
    'account',
    'activityTaskQueue',
  ],
  ...new Set([...START_OPTION_NAMES, ...WAIT_OPTION_NAMES.filter((name) => !WAIT_ALONE.includes(name))]),
];

export function checkNames(options: object): void {
  const unknown = Object.keys(options).find((name) => !RUN_OPTION_NAMES.includes(name));
  if (unknown === undefined) return;
  if (['jobId', 'workflowId', 'createdAfter'].includes(unknown))
    throw invalidInput(
      `Option ${unknown} is not an option of a run: to take up a job, pass resume: { jobId }; to run a workflow, start: { workflowId }.`,
    );
  if (WAIT_ALONE.includes(unknown))
    throw invalidInput(
      `Option ${unknown} is not an option of a run: see outputs.which, and resume: { jobId, knownFiles }.`,
    );
  refuseUnknown('', { [unknown]: true }, RUN_OPTION_NAMES);
}

/** Options with which the server itself would start a run again, and thus a second job. */
const REPEAT_OPTIONS = ['retry', 'cronSchedule'] as const;
export type RepeatOption = (typeof REPEAT_OPTIONS)[number];

/** @throws UnstructuredValidationError naming the option */
export function refuseRepeats(workflow: object = {}): void {
  const given = new Map<string, unknown>(Object.entries(workflow));
  const name = REPEAT_OPTIONS.find((option) => given.get(option) !== undefined);
  if (name !== undefined)
    throw invalidInput(`Option workflow.${name} would start a second job: call again with the same key instead.`);
}

/** A query for the runs of a key cannot escape the excluded characters. So it would not find a run that may have started a job. */
const KEY = anyThat(
  `${TEXT.expected}, without ", \\ and control characters`,
  (value): value is string => typeof value === 'string' && /^[^"\\\p{Cc}]+$/u.test(value),
);

/** Longest workflow id that a server accepts by default, in bytes. A child with a longer id blocks its parent. Histories depend on it. */
const MAX_KEY_BYTES = 1_000;

/** @throws UnstructuredValidationError */
export function checkKey(key: unknown, most = MAX_KEY_BYTES): void {
  readOption('key', KEY, key);
  if (encodedBytes(key) - 2 > most) throw invalidInput(`Option key is longer than ${most} bytes.`);
}

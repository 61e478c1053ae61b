import type { DocumentInput } from '../document';
import { invalidInput } from '../errors';
import { isJobId } from '../job';
import { isObject, kindOf } from '../kind-of';
import { OUTPUT_SELECTIONS } from '../output';
import { START_OPTION_NAMES } from '../start/options';
import type { StartTarget } from '../start/target';
import { given, show } from '../option-rules';
import { WAIT_OPTION_NAMES } from '../wait/resolve-options';
import type { RunOutputs } from './input';
import { documentsDigest } from './documents-digest';
import type { ResumedRun } from './resumed';

export function checkTarget(start: StartTarget): StartTarget {
  const target = isObject(start) ? given(start) : ({} as StartTarget);
  const [entry, ...others] = Object.entries<unknown>(target);
  const [name, value] = entry ?? [];
  const isGood =
    (name === 'templateId' && typeof value === 'string' && value !== '') ||
    (name === 'jobNodes' && Array.isArray(value) && value.length > 0 && value.every(isObject)) ||
    (name === 'workflowId' && isJobId(value));
  if (isGood && others.length === 0) return target;
  throw invalidInput(
    `Option start must be { templateId: 'name' }, { jobNodes: [node, …] } or { workflowId: a uuid }; got ${kindOf(start)}.`,
  );
}

export function checkDocuments(documents: DocumentInput[], maxFiles: number): DocumentInput[] {
  if (!Array.isArray(documents)) throw invalidInput(`Option documents must be a list; got ${kindOf(documents)}.`);
  if (documents.length > maxFiles)
    throw invalidInput(`Option documents has ${documents.length} entries, more than maxFiles (${maxFiles}).`);
  return documents.map(checkDocument);
}

function checkDocument(document: DocumentInput, index: number): DocumentInput {
  const checked = isObject(document) ? given(document) : ({} as Partial<DocumentInput>);
  const { ref, name = '-', contentType = '-' }: Partial<Record<keyof DocumentInput, unknown>> = checked;
  if ([ref, name, contentType].every((text) => typeof text === 'string' && text !== ''))
    return checked as DocumentInput;
  throw invalidInput(`Option documents[${index}] must be { ref: 'a URL', name?, contentType? }.`);
}

export function checkOutputs(outputs: RunOutputs): RunOutputs {
  const {
    to,
    which = 'final',
    onLost = 'fail',
    parallel = 8,
    ...others
  } = isObject(outputs) ? given(outputs) : { to: '' };
  const fail = (name: string, expected: string, value: unknown): never => {
    throw invalidInput(`Option outputs.${name} must be ${expected}; got ${show(value)}.`);
  };
  if (typeof to !== 'string' || to === '') fail('to', 'the URL of a folder or prefix', kindOf(to));
  if (!OUTPUT_SELECTIONS.includes(which)) fail('which', "'final' or 'all'", which);
  if (!(['fail', 'return'] as unknown[]).includes(onLost)) fail('onLost', "'fail' or 'return'", onLost);
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > 64)
    fail('parallel', 'a whole number from 1 to 64', parallel);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw invalidInput(`Unknown option outputs.${unknown}; known are to, which, onLost, parallel.`);
  return { to, which, onLost, parallel };
}

/** Options of a wait that a run has no use for: it decides by `outputs` and `documents` which files it asks for. */
const WAIT_ALONE = ['files', 'launchFiles'];

const RUN_OPTION_NAMES = [
  ...['start', 'documents', 'outputs', 'resume', 'nodeCounts', 'collectLimit', 'account', 'taskQueue'],
  ...new Set([...START_OPTION_NAMES, ...WAIT_OPTION_NAMES.filter((name) => !WAIT_ALONE.includes(name))]),
];

export function checkNames(options: object): void {
  const unknown = Object.keys(options).find((name) => !RUN_OPTION_NAMES.includes(name));
  if (unknown === undefined) return;
  if (['jobId', 'workflowId', 'createdAfter'].includes(unknown))
    throw invalidInput(
      `Option ${unknown} is not one of a run: to take up a job, pass resume: { jobId }; to run a workflow, start: { workflowId }.`,
    );
  if (WAIT_ALONE.includes(unknown))
    throw invalidInput(`Option ${unknown} is not one of a run: see outputs.which, and resume: { jobId, launchFiles }.`);
  throw invalidInput(`Unknown option ${unknown}. Options of a run: ${RUN_OPTION_NAMES.join(', ')}.`);
}

export function checkResume(resume: ResumedRun): ResumedRun {
  const resumed = isObject(resume) ? given(resume) : {};
  const { jobId, token, sentAt, lostAt, others = [], ours = true } = resumed;
  checkBoolean('resume.ours', ours);
  if (token !== undefined && token !== null && !/^[0-9a-z]{6,32}$/.test(token))
    throw invalidInput(`Option resume.token must be the token of an earlier start; got ${show(token)}.`);
  if (!Array.isArray(others) || !others.every(isJobId))
    throw invalidInput('Option resume.others must be a list of job ids.');
  if (lostAt !== undefined && Number.isNaN(Date.parse(lostAt)))
    throw invalidInput(`Option resume.lostAt must be an ISO-8601 instant; got ${show(lostAt)}.`);
  if (jobId === undefined && typeof sentAt === 'string' && !Number.isNaN(Date.parse(sentAt))) return resumed;
  if (!isJobId(jobId)) throw invalidInput(`Option resume.jobId must be a uuid; got ${show(jobId)}.`);
  return { ...resumed, jobId: jobId.toLowerCase() };
}

/** @throws UnstructuredValidationError */
export function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key === '') throw invalidInput('Option key must be a string that is not empty.');
}

/** Files are told by the place of their documents: with other documents, one would get what was made of another. */
export function checkSameDocuments(documents: DocumentInput[], { jobId, digest }: ResumedRun): void {
  if (digest === undefined || digest === documentsDigest(documents)) return;
  if (documents.length === 0 && jobId !== undefined) return;
  throw invalidInput(
    'Option documents must be the list that the earlier run sent, in its order; only query strings may differ. For other documents, use a new key.',
  );
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidInput(`Option ${name} must be true or false; got ${show(value)}.`);
}

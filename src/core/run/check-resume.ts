import type { DocumentInput } from '../document';
import { invalidInput, type UnstructuredError } from '../errors';
import { isInstant } from '../instant';
import { isJobId, type NodeFile } from '../job';
import { isObject } from '../values';
import { given, refuseUnknown, show } from '../option-rules';
import { checkNodeFiles } from '../wait/input';
import { checkBoolean } from './check-input';
import { documentsDigest } from './documents-digest';
import { filesOfGroups, isGroup } from './file-groups';
import type { ResolvedResume, ResumedRun } from './resume';

const NAMES = ['jobId', 'launchFiles', 'token', 'digest', 'sentAt', 'lostAt', 'others', 'ours'];

/** @throws UnstructuredValidationError */
export function checkResume(resume: ResumedRun): ResolvedResume {
  if (!isObject(resume))
    throw invalidInput(`Option resume must be { jobId }, or what an earlier run left behind; got ${show(resume)}.`);
  const resumed = given(resume);
  refuseUnknown('resume.', resumed, NAMES);
  const { jobId, launchFiles: list, token = 'abcdef', digest = '', sentAt, lostAt, others = [], ours = true } = resumed;
  checkBoolean('resume.ours', ours);
  const fail = (name: string, expected: string, value: unknown): never => {
    throw invalidInput(`Option resume.${name} must be ${expected}; got ${show(value)}.`);
  };
  if (typeof token !== 'string' || !/^[0-9a-z]{6,32}$/.test(token))
    fail('token', 'the token of an earlier start', token);
  if (typeof digest !== 'string') fail('digest', 'the digest of an earlier run', digest);
  if (!Array.isArray(others) || !others.every(isJobId)) fail('others', 'a list of job ids', others);
  for (const [name, instant] of Object.entries({ sentAt, lostAt }))
    if (instant !== undefined && !isInstant(instant)) fail(name, 'an ISO-8601 instant with its offset', instant);
  const launchFiles = checkLaunchFiles(list);
  const resolved: ResolvedResume = given({ ...resumed, launchFiles });
  if (jobId === undefined && sentAt !== undefined) return resolved;
  if (!isJobId(jobId)) return fail('jobId', 'a uuid', jobId);
  return { ...resolved, jobId: jobId.toLowerCase() };
}

function checkLaunchFiles(list: ResumedRun['launchFiles']): NodeFile[] | undefined {
  const isGrouped = Array.isArray(list) && list.every(isGroup);
  return checkNodeFiles('resume.launchFiles', isGrouped ? filesOfGroups(list) : list);
}

/** Files are told by the place of their documents: with other documents, one would get what was made of another. */
export function checkSameDocuments(documents: DocumentInput[], { jobId, digest }: ResumedRun): void {
  if (digest === undefined || digest === documentsDigest(documents)) return;
  if (documents.length === 0 && jobId !== undefined) return;
  throw otherDocuments();
}

export function otherDocuments(): UnstructuredError {
  return invalidInput(
    'Option documents must be the list that the earlier run sent, in its order; query strings may differ, where the rest tells the documents apart. For other documents, use a new key.',
  );
}

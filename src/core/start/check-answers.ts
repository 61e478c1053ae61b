import { isRefusedDocument } from '../refusal';
import { isNumber, isOneOf, isText, listOf, orNull, withFields } from '../shape';
import type { JobList } from './job-list';
import type { SeenBefore, StartAnswer } from './request';

/**
 * Checks of the answers of a start's activities: another worker of the task queue may have a different activity with the same name, and tests use
 * mocks.
 */

export const isJob = withFields({ id: isText, status: isText });

export const areRefused = listOf(isRefusedDocument);

const isStarted = withFields({ started: isOneOf(true), job: isJob, skipped: orNull(areRefused) });
const isNotStarted = withFields({ started: isOneOf(false), detail: orNull(isText), resetRunId: orNull(isText) });

export function isStartAnswer(answer: unknown): answer is StartAnswer {
  return isStarted(answer) || isNotStarted(answer);
}

const isList = withFields({ jobs: listOf(isJob), total: isNumber, carrying: listOf(withFields({ job: isJob })) });

export function isJobList(answer: unknown): answer is JobList {
  return isList(answer);
}

const wasSeen = withFields({
  earlierJobIds: orNull(listOf(isText)),
  skipped: orNull(areRefused),
  broken: orNull(areRefused),
});

/** Whether a value reports what was seen right before a send: a list of other jobs, or documents. */
export function isSeenBefore(seen: unknown): seen is SeenBefore {
  if (!wasSeen(seen)) return false;
  const { earlierJobIds, skipped, broken } = seen as Partial<SeenBefore>;
  return earlierJobIds !== undefined && Boolean(earlierJobIds ?? skipped ?? broken);
}

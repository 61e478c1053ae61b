import { isTerminal, verdictOf } from '../../core/job';
import { aboutJob } from './job-of';
import { errorReply, JOB_NOT_FOUND, type Reply } from './http/reply';
import type { ApiAnswer, ApiRequest } from './api/routes';

/** What it says is not specified. That it is JSON is: the official Python client refuses anything else. */
const ACCEPTED: Reply = { status: 200, json: null };

/** What a cancel of a finished job answers is not known, so it is a switch. */
const FINISHED: Readonly<Record<number, Reply>> = {
  200: ACCEPTED,
  404: JOB_NOT_FOUND,
  409: errorReply(409, 'Job is not running'),
};

export function cancelJob(request: ApiRequest): Promise<ApiAnswer> {
  return aboutJob(request, 'cancelJob', (state, status) => {
    const { cancelOfFinished, cancelEffect, cancelTakes } = state.answers;
    if (isTerminal(verdictOf(status))) return FINISHED[cancelOfFinished] ?? JOB_NOT_FOUND;
    if (cancelEffect === 'stops') state.stop(request.now + cancelTakes);
    return ACCEPTED;
  });
}

import { isoTime } from '../instant';
import type { StartUnderWay } from '../start/drive';
import { beginStart, beginUncertain, type StartState } from '../start/state';
import type { ResumedRun } from './resume';

/** What takes a start up under another run; undefined where certainly no job was started. */
export function resumeOfStart(
  { state, activity }: Pick<StartUnderWay, 'state' | 'activity'>,
  digest: string,
): ResumedRun | undefined {
  const { token, launched, lastSendAt, uncertain, others } = state;
  // A job that was taken over is somebody else's.
  if (launched) return { jobId: launched.job.id, token, digest, ours: launched.how !== 'adopted' };
  const sentAt = uncertain?.sentAt ?? (activity === 'sending' ? lastSendAt : null);
  if (sentAt === null) return undefined;
  const bounds = others && uncertain?.lostAt != null && { lostAt: isoTime(uncertain.lostAt), others };
  return { token, digest, sentAt: isoTime(sentAt), ...bounds };
}

/** A start from its beginning, or one that an earlier run sent. */
export function beginFrom(token: string | null, resume: ResumedRun | null, now: number): StartState {
  if (resume?.sentAt === undefined) return beginStart(token);
  const { sentAt, lostAt, others } = resume;
  const bounds = lostAt !== undefined && { lostAt: Date.parse(lostAt), others };
  return beginUncertain(token, { sentAt: Date.parse(sentAt), ...bounds }, now);
}

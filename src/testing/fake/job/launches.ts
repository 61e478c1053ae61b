import { z } from 'zod';
import type { JobState } from './job-state';
import { jobSpecSchema, uuid, type JobSpec } from './job-spec';
import { timelineSchema } from './timeline';

/** What jobs are like that are started over HTTP. Their files are those that were uploaded; `files` stand for a connector's. */
export type LaunchSpec = Omit<JobSpec, 'id' | 'startsAt' | 'createdAt' | 'workflowId'>;

/** A workflow that can be run. */
export interface WorkflowSpec {
  /** A uuid. @default made from the seed and a counter */
  id?: string;
  name?: string;
  /** What its runs are like. @default as all started jobs */
  runs?: LaunchSpec;
}

/** Queued for 2 s, then running for 8 s. */
const USUAL_TIMELINE = [['SCHEDULED', '2s'], ['IN_PROGRESS', '8s'], ['COMPLETED']];

export const launchSchema = jobSpecSchema
  .omit({ id: true, startsAt: true, createdAt: true, workflowId: true })
  .extend({ timeline: timelineSchema.prefault(USUAL_TIMELINE) });

export type ParsedLaunch = z.output<typeof launchSchema>;

export const workflowSchema = z.strictObject({
  id: uuid.optional(),
  name: z.string().min(1).optional(),
  runs: launchSchema.optional(),
});

/** A workflow as it is held. */
export interface FakeWorkflow {
  id: string;
  name: string;
  runs?: ParsedLaunch;
}

/**
 * Gives slots to started jobs in the order of their starts: at most `slots` of them run, the others stay at the first step of their
 * timeline until one of those has ended.
 */
export function admit(launched: readonly JobState[], slots: number, now: number): void {
  const freeAt = Array.from({ length: slots }, () => -Infinity);
  for (const job of launched) {
    const slot = freeAt.indexOf(Math.min(...freeAt));
    const at = Math.max(job.addedAt, freeAt[slot] ?? Infinity);
    if (at > now) return;
    job.begin(at);
    freeAt[slot] = job.endedAt(now) ?? Infinity;
  }
}

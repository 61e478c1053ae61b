import { z } from 'zod';
import type { Duration } from '../../../common/duration';
import { durationField } from '../support/input';
import { type JobSpec, jobSpecSchema, uuid } from './job-spec';
import type { JobState } from './job-state';
import { timelineSchema } from './timeline';

/** Properties of jobs that are started over HTTP. Their files are the uploaded ones; `files` are those of a connector. */
export type StartedJobSpec = Omit<JobSpec, 'id' | 'startsAt' | 'createdAt' | 'workflowId'>;

/** A workflow that can be run. */
export interface WorkflowSpec {
  /** A uuid. @default made from the seed and a counter */
  id?: string | undefined;
  /** @default 'Workflow ' and the first eight characters of the id */
  name?: string | undefined;
  /** Properties of the jobs of its runs. @default those of all started jobs */
  runs?: StartedJobSpec | undefined;
}

/** Limits of starts, as the API documents them. The answers to starts beyond the limits are not documented. */
export interface StartLimits {
  /** Most files of a start. More are answered with 422. @default 10 */
  files?: number | undefined;
  /** Largest file, in bytes. A larger one is answered with 422. @default 52_428_800 (50 MiB) */
  fileBytes?: number | undefined;
  /** Shortest time between two accepted starts, on the fake's clock. An earlier one is answered with 429. @default '1 second' */
  spacing?: Duration | undefined;
}

export const limitsSchema = z
  .strictObject({
    files: z.int().min(0).default(10),
    fileBytes: z
      .int()
      .min(0)
      .default(50 * 1_024 * 1_024),
    spacing: durationField.prefault('1 second'),
  })
  .prefault({});

export type ParsedLimits = z.output<typeof limitsSchema>;

/** Queued for 2 s, then running for 8 s. */
const USUAL_TIMELINE = [['SCHEDULED', '2s'], ['IN_PROGRESS', '8s'], ['COMPLETED']];

export const startedJobSchema = jobSpecSchema
  .omit({ id: true, startsAt: true, createdAt: true, workflowId: true })
  .extend({ timeline: timelineSchema.prefault(USUAL_TIMELINE) });

export type ParsedStartedJob = z.output<typeof startedJobSchema>;

export const workflowSchema = z.strictObject({
  id: uuid.optional(),
  name: z.string().min(1).optional(),
  runs: startedJobSchema.optional(),
});

/** A workflow inside the fake. */
export interface FakeWorkflow {
  id: string;
  name: string;
  runs?: ParsedStartedJob | undefined;
}

/**
 * Gives slots to started jobs in the order of their starts: at most `slots` of them run. The others stay at the first step of their timeline until a
 * running job ends.
 */
export function admit(started: readonly JobState[], slots: number, now: number): void {
  const freeAt = Array.from({ length: slots }, () => -Infinity);
  for (const job of started) {
    const slot = freeAt.indexOf(Math.min(...freeAt));
    const at = Math.max(job.life.addedAt, freeAt[slot] ?? Infinity);
    if (at > now) return;
    job.life.begin(at);
    freeAt[slot] = job.life.endedAt(now) ?? Infinity;
  }
}

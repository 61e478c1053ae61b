import { z } from 'zod';
import type { Duration } from '../../../common/duration';
import { type Filter, matches, type RequestSeen, type When, whenSchema } from '../faults/fault-rules';
import { durationField } from '../support/input';

/** Where the body of a delivery may hold the job's id. The place is not documented. */
export const JOB_ID_PLACES = [
  'job.job_id',
  'data.job_id',
  'data.job.job_id',
  'payload.job_id',
  'job.id',
  'data.job.id',
] as const;

/** Faults of a channel's deliveries. A {@link When} counts the events of the channel; its predicates see the event's job and status. */
export interface DeliverySwitches {
  /** How long before the change of status an event is sent, on the fake's clock. Applies only to changes that come with time. @default 0 */
  early?: Duration | undefined;
  /** How long after the change of status an event is sent, in real time. @default 0 */
  late?: Duration | undefined;
  /** Events that are sent twice. @default 'never' */
  duplicate?: When | undefined;
  /** Whether the earlier events of a job are sent after its last one, the newest first. @default false */
  reordered?: boolean | undefined;
  /** Events that are never sent. @default 'never' */
  lost?: When | undefined;
  /** Events before which a copy with another secret's signature is sent, including before lost events. @default 'never' */
  forged?: When | undefined;
  /**
   * Delays of the next attempt, after attempts without a 2xx answer within 15 s, in real time.
   * @default 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h
   */
  retries?: Duration[] | undefined;
  /** Where the body holds the job's id. @default 'job.job_id' */
  jobIdAt?: (typeof JOB_ID_PLACES)[number] | undefined;
}

export const deliverySwitches = {
  early: durationField.prefault(0),
  late: durationField.prefault(0),
  duplicate: whenSchema.prefault('never'),
  reordered: z.boolean().default(false),
  lost: whenSchema.prefault('never'),
  forged: whenSchema.prefault('never'),
  retries: z.array(durationField).prefault(['5s', '5m', '30m', '2h', '5h', '10h', '10h']),
  jobIdAt: z.enum(JOB_ID_PLACES).default('job.job_id'),
};

/** A {@link When} with its counts. */
export class Counted {
  readonly #when: Filter;
  #seen = 0;
  #applied = 0;

  constructor(when: Filter) {
    this.#when = when;
  }

  /** Counts the event, and returns whether the {@link When} selects it. */
  matches(event: Omit<RequestSeen, 'index'>): boolean {
    this.#seen += 1;
    if (!matches(this.#when, { ...event, index: this.#seen }, this.#applied)) return false;
    this.#applied += 1;
    return true;
  }
}

import { isTerminal, verdictOf } from '../../../core/job';
import type { ParsedJobSpec } from './job-spec';
import { instantMs } from './render-job';
import { advance, type Cursor, type Step } from './timeline';

/** A job's change to a status, with its time in milliseconds on the fake's clock. */
export interface StatusChange {
  status: string;
  at: number;
}

/** Decides which status a job has at which time: by its timeline, by a cancel, or by a status that a test sets, which takes precedence. */
export class JobLife {
  readonly #spec: Pick<ParsedJobSpec, 'timeline' | 'startsAt' | 'createdAt'>;
  #addedAt = NaN;
  #cursor: Cursor | undefined;
  #beganAt: number | undefined;
  #fixedStatus: string | undefined;
  /** When the fixed status was first seen to be terminal. */
  #fixedOverAt: number | undefined;
  #stopAt = Infinity;
  /** Steps that have begun and were not taken yet. */
  #begun: StatusChange[] = [];
  /** The status that was taken last. */
  #taken: string | undefined;

  constructor(spec: Pick<ParsedJobSpec, 'timeline' | 'startsAt' | 'createdAt'>) {
    this.#spec = spec;
  }

  /** When the job was added, in milliseconds on the fake's clock; NaN until the clock has answered. */
  get addedAt(): number {
    return this.#addedAt;
  }

  set addedAt(at: number) {
    this.#addedAt = at;
  }

  /** Gives a slot to a job that waits for one. */
  begin(at: number): void {
    if (this.#spec.startsAt === 'slot') this.#beganAt ??= at;
  }

  /** When the job ended; undefined if it has not. */
  endedAt(now: number): number | undefined {
    if (!isOver(this.statusAt(now))) return undefined;
    if (this.#fixedStatus !== undefined) return (this.#fixedOverAt ??= now);
    const cursor = this.#moveTo(now);
    const { status } = this.#spec.timeline[cursor?.step ?? 0] as Step;
    return isOver(status) ? cursor?.since : this.#stopAt;
  }

  /** Asks the job to stop. It stops at `at`, unless it has ended by then. */
  stop(at: number): void {
    this.#stopAt = Math.min(this.#stopAt, at);
  }

  /** Sets the status from now on, whatever the timeline says. */
  setStatus(status: string): void {
    this.#fixedStatus = status;
  }

  /** The status at `now`, without counting a check. */
  statusAt(now: number): string {
    if (this.#fixedStatus !== undefined) return this.#fixedStatus;
    const { timeline } = this.#spec;
    const cursor = this.#moveTo(now);
    const { status } = timeline[cursor?.step ?? 0] as Step;
    return now >= this.#stopAt && !isOver(status) ? 'STOPPED' : status;
  }

  /** How long the job has had its status at `now`, in milliseconds. If a test set that status, how long the job has lived. */
  statusLasted(now: number): number {
    return this.#fixedStatus === undefined ? now - (this.#moveTo(now)?.since ?? now) : this.elapsed(now);
  }

  /** How long the job has lived at `now`, in milliseconds, since its timeline began. Before that, since the job was added. */
  elapsed(now: number): number {
    return now - (this.#beganAt ?? this.#addedAt);
  }

  /** Called when a check begins. A timeline that waits for the first check begins now. */
  beginCheck(now: number): void {
    if (this.#spec.startsAt !== 'slot') this.#beganAt ??= this.#begin() ?? now;
  }

  /** Counts a check of the step at `now`. */
  countCheck(now: number): void {
    const cursor = this.#moveTo(now);
    if (cursor && now < this.#stopAt) cursor.checks += 1;
  }

  /** All status changes since the last call, in order. The first call also returns the status with which the job was added. */
  takeChanges(now: number): StatusChange[] {
    const first = { status: (this.#spec.timeline[0] as Step).status, at: this.#addedAt };
    const status = this.statusAt(now); // begins the steps that are due
    const begun = this.#taken === undefined ? [first, ...this.#begun] : this.#begun;
    this.#begun = [];
    const isStopped = this.#fixedStatus === undefined && now >= this.#stopAt;
    const changes = [...begun, { status, at: isStopped ? this.#stopAt : now }];
    return changes.filter((change) => {
      const isNew = change.status !== this.#taken;
      this.#taken = change.status;
      return isNew;
    });
  }

  /** The next status change that time alone brings, as far as the job has come; undefined if there is none. */
  nextChange(): StatusChange | undefined {
    const { timeline } = this.#spec;
    const step = this.#cursor && timeline[this.#cursor.step];
    if (!step || this.#fixedStatus !== undefined || isOver(step.status)) return undefined;
    const endsAt = step.ms === undefined ? Infinity : (this.#cursor?.since ?? 0) + step.ms;
    if (Math.min(endsAt, this.#stopAt) === Infinity) return undefined;
    if (this.#stopAt <= endsAt) return { status: 'STOPPED', at: this.#stopAt };
    return { status: timeline[(this.#cursor?.step ?? 0) + 1]?.status ?? '', at: endsAt };
  }

  /** When the timeline begins; undefined if the first check or a slot begins it. */
  #begin(): number | undefined {
    const { startsAt, createdAt } = this.#spec;
    if (startsAt === 'firstCheck' || startsAt === 'slot') return undefined;
    return startsAt === 'createdAt' && createdAt !== undefined ? instantMs(createdAt) : this.#addedAt;
  }

  /** Moves the cursor to `now`, but not past the time at which the job stops. Undefined if the timeline has not begun. */
  #moveTo(now: number): Cursor | undefined {
    this.#beganAt ??= this.#begin();
    if (this.#beganAt === undefined) return undefined;
    const { timeline } = this.#spec;
    this.#cursor = advance(
      timeline,
      this.#cursor ?? { step: 0, since: this.#beganAt, checks: 0 },
      Math.min(now, this.#stopAt),
      (cursor) => {
        const { status } = timeline[cursor.step] as Step;
        if (this.#fixedStatus === undefined && cursor.since <= this.#stopAt)
          this.#begun.push({ status, at: Math.max(cursor.since, this.#addedAt) });
      },
    );
    return this.#cursor;
  }
}

function isOver(status: string): boolean {
  return isTerminal(verdictOf(status));
}

import { isTerminal, verdictOf } from '../../../core/job';
import { answerRules, mergeAnswers, type ParsedAnswers } from '../answer-switches';
import type { Operation } from '../api/operations';
import { FaultRules, type ParsedRule, type RequestSeen } from '../faults/fault-rules';
import type { ParsedFault } from '../faults/faults';
import type { Upload } from '../http/uploads';
import { makeFileId, uuidFrom } from '../ids';
import type { ParsedJobSpec } from './job-spec';
import { instantMs, type JobFacts, renderJob } from './render-job';
import { advance, type Cursor, type Step } from './timeline';

type Switches = ParsedJobSpec['answers'];

/** What a check of a job comes to. */
export interface JobCheck {
  /** Counted from 1. */
  check: number;
  status: string;
  json: Record<string, unknown>;
  faults: ParsedFault[];
}

/** That a job has a status from some time on, in milliseconds on the fake's clock. */
export interface StatusChange {
  status: string;
  at: number;
}

/** A job's life: where its timeline stands, what its answers look like, which faults wait. */
export class JobState {
  readonly facts: JobFacts;
  checks = 0;
  readonly #spec: ParsedJobSpec;
  readonly #faults: FaultRules;
  readonly #added: Promise<void>;
  #addedAt = NaN;
  #cursor: Cursor | undefined;
  #beganAt: number | undefined;
  #fixedStatus: string | undefined;
  /** When it was first seen that the fixed status is an end. */
  #fixedOverAt: number | undefined;
  #stopAt = Infinity;
  #switches: Switches;
  #answers: ParsedAnswers;
  #windows: FaultRules;
  /** Steps that began and that nobody took yet. */
  #begun: StatusChange[] = [];
  /** The status that was taken last. */
  #taken: string | undefined;

  /**
   * @param addedAt The fake's clock when the job was added
   * @param uploads What came with its start
   */
  constructor(
    id: string,
    spec: ParsedJobSpec,
    addedAt: Promise<number>,
    apiSwitches: Switches,
    uploads: readonly Upload[] = [],
  ) {
    this.facts = initialFacts(id, spec, uploads);
    this.#spec = spec;
    this.#faults = new FaultRules(spec.faults, 'getJob');
    this.#added = addedAt.then((at) => void (this.#addedAt = at));
    this.#added.catch(() => {}); // told to whoever awaits ready()
    this.#switches = spec.answers;
    this.#answers = mergeAnswers(apiSwitches, this.#switches);
    this.#windows = faultWindows(this.#answers);
  }

  /** To be awaited before anything is asked: the clock may take its time. */
  ready(): Promise<void> {
    return this.#added;
  }

  get answers(): ParsedAnswers {
    return this.#answers;
  }

  /** Takes new switches, the job's own or the whole API's; the windows among them are counted anew. */
  setAnswers(apiSwitches: Switches, own: Switches = {}): void {
    this.#switches = { ...this.#switches, ...own };
    this.#answers = mergeAnswers(apiSwitches, this.#switches);
    this.#windows = faultWindows(this.#answers);
  }

  addFaults(rules: readonly ParsedRule[]): void {
    this.#faults.add(rules);
  }

  /** When the job was added, in milliseconds on the fake's clock. */
  get addedAt(): number {
    return this.#addedAt;
  }

  /** What the job is made to do. */
  get spec(): ParsedJobSpec {
    return this.#spec;
  }

  /** A job that waits for a slot has one. */
  begin(at: number): void {
    if (this.#spec.startsAt === 'slot') this.#beganAt ??= at;
  }

  /** Since when the job is over; undefined while it is not. */
  endedAt(now: number): number | undefined {
    if (!isOver(this.statusAt(now))) return undefined;
    if (this.#fixedStatus !== undefined) return (this.#fixedOverAt ??= now);
    const cursor = this.#moveTo(Math.min(now, this.#stopAt));
    const { status } = this.#spec.timeline[cursor?.step ?? 0] as Step;
    return isOver(status) ? cursor?.since : this.#stopAt;
  }

  /** Asks the job to stop; it does so at `at`, unless it is over by then. */
  stop(at: number): void {
    this.#stopAt = Math.min(this.#stopAt, at);
  }

  /** From now on this status, whatever the timeline says. */
  setStatus(status: string): void {
    this.#fixedStatus = status;
  }

  /** All that the job has become since this was asked last, in order; at first also what it was when it was added. */
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

  /** What time alone will bring next, as far as the job has come; undefined where that is nothing. */
  nextChange(): StatusChange | undefined {
    const { timeline } = this.#spec;
    const step = this.#cursor && timeline[this.#cursor.step];
    if (!step || this.#fixedStatus !== undefined || isOver(step.status)) return undefined;
    const endsAt = step.ms === undefined ? Infinity : (this.#cursor?.since ?? 0) + step.ms;
    if (Math.min(endsAt, this.#stopAt) === Infinity) return undefined;
    if (this.#stopAt <= endsAt) return { status: 'STOPPED', at: this.#stopAt };
    return { status: timeline[(this.#cursor?.step ?? 0) + 1]?.status ?? '', at: endsAt };
  }

  /** The status at `now`, without counting a check. */
  statusAt(now: number): string {
    if (this.#fixedStatus !== undefined) return this.#fixedStatus;
    const { timeline } = this.#spec;
    const cursor = this.#moveTo(Math.min(now, this.#stopAt));
    const { status } = timeline[cursor?.step ?? 0] as Step;
    return now >= this.#stopAt && !isOver(status) ? 'STOPPED' : status;
  }

  /** The job's answer at `now`, without counting a check. */
  render(now: number, isStart = false): Record<string, unknown> {
    return renderJob(this.facts, this.#spec.createdAt ?? this.#addedAt, this.statusAt(now), this.#answers, isStart);
  }

  /** Counts a check and picks the faults for it. */
  check(now: number, request: Pick<RequestSeen, 'method' | 'path'>): JobCheck {
    if (this.#spec.startsAt !== 'slot') this.#beganAt ??= this.#begin() ?? now;
    const json = this.render(now);
    const status = this.statusAt(now);
    const cursor = this.#moveTo(now);
    if (cursor) cursor.checks += 1;
    this.checks += 1;
    return { check: this.checks, status, json, faults: this.faultsFor('getJob', now, request, status) };
  }

  /** The faults for a request about this job. */
  faultsFor(
    operation: Operation,
    now: number,
    request: Pick<RequestSeen, 'method' | 'path'>,
    jobStatus = this.statusAt(now),
  ): ParsedFault[] {
    const elapsed = now - (this.#beganAt ?? this.#addedAt);
    const seen = { ...request, operation, jobId: this.facts.id, jobStatus, at: now, elapsed };
    return [...this.#windows.match(seen), ...this.#faults.match(seen)];
  }

  /** When the timeline begins; undefined where that is the first check. */
  #begin(): number | undefined {
    const { startsAt, createdAt } = this.#spec;
    if (startsAt === 'firstCheck' || startsAt === 'slot') return undefined;
    return startsAt === 'createdAt' && createdAt !== undefined ? instantMs(createdAt) : this.#addedAt;
  }

  /** Undefined while the timeline has not begun. */
  #moveTo(now: number): Cursor | undefined {
    this.#beganAt ??= this.#begin();
    if (this.#beganAt === undefined) return undefined;
    const { timeline } = this.#spec;
    this.#cursor = advance(timeline, this.#cursor ?? { step: 0, since: this.#beganAt, checks: 0 }, now, (cursor) => {
      const { status } = timeline[cursor.step] as Step;
      if (this.#fixedStatus === undefined && cursor.since <= this.#stopAt)
        this.#begun.push({ status, at: Math.max(cursor.since, this.#addedAt) });
    });
    return this.#cursor;
  }
}

function faultWindows(answers: ParsedAnswers): FaultRules {
  return new FaultRules(answerRules(answers), 'getJob');
}

function isOver(status: string): boolean {
  return isTerminal(verdictOf(status));
}

function initialFacts(id: string, spec: ParsedJobSpec, uploads: readonly Upload[]): JobFacts {
  const files = uploads.length > 0 ? uploads.map(({ name }) => name) : spec.files;
  return {
    id,
    workflowId: spec.workflowId ?? uuidFrom(id, 'workflow'),
    workflowName: spec.workflowName ?? `Job ${id.slice(0, 8)}`,
    jobType: spec.jobType,
    fileIds: files.map((file, index) => (typeof file === 'string' ? makeFileId(id, index, file) : file.fileId)),
    names: files.map((file) => (typeof file === 'string' ? file : file.fileId)),
    uploads,
    nodes: spec.nodes.map((node, index) => ({ ...node, id: node.id ?? uuidFrom(id, 'node', index) })),
  };
}

import { answerRules, mergeAnswers, type ParsedAnswers } from './answers';
import { FaultRules, type ParsedRule } from './fault-rules';
import type { ParsedFault } from './fault-schema';
import { fileIdOf, uuidFrom } from './ids';
import type { ParsedJobSpec } from './job-spec';
import { instantMs, renderJob, type JobFacts } from './job-wire';
import { advance, type Cursor, type Step } from './timeline';
import type { RequestSeen } from './when';

type Switches = ParsedJobSpec['answers'];

/** What a check of a job comes to. */
export interface JobCheck {
  /** Counted from 1. */
  check: number;
  status: string;
  json: Record<string, unknown>;
  faults: ParsedFault[];
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
  #switches: Switches;
  #answers: ParsedAnswers;
  #windows: FaultRules;

  /** @param addedAt The fake's clock when the job was added */
  constructor(id: string, spec: ParsedJobSpec, addedAt: Promise<number>, apiSwitches: Switches) {
    this.facts = factsOf(id, spec);
    this.#spec = spec;
    this.#faults = new FaultRules(spec.faults, 'getJob');
    this.#added = addedAt.then((at) => void (this.#addedAt = at));
    this.#added.catch(() => {}); // told to whoever awaits ready()
    this.#switches = spec.answers;
    this.#answers = mergeAnswers(apiSwitches, this.#switches);
    this.#windows = windowsOf(this.#answers);
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
    this.#windows = windowsOf(this.#answers);
  }

  addFaults(rules: readonly ParsedRule[]): void {
    this.#faults.add(rules);
  }

  /** From now on this status, whatever the timeline says. */
  setStatus(status: string): void {
    this.#fixedStatus = status;
  }

  /** The status at `now`, without counting a check. */
  statusAt(now: number): string {
    if (this.#fixedStatus !== undefined) return this.#fixedStatus;
    const { timeline } = this.#spec;
    const cursor = this.#moveTo(now);
    return (timeline[cursor?.step ?? 0] as Step).status;
  }

  /** The job's answer at `now`, without counting a check. */
  render(now: number): Record<string, unknown> {
    return renderJob(this.facts, this.#spec.createdAt ?? this.#addedAt, this.statusAt(now), this.#answers);
  }

  /** Counts a check and picks the faults for it. */
  check(now: number, request: Pick<RequestSeen, 'method' | 'path'>): JobCheck {
    this.#beganAt ??= this.#begin() ?? now;
    const json = this.render(now);
    const status = this.statusAt(now);
    const cursor = this.#moveTo(now);
    if (cursor) cursor.checks += 1;
    this.checks += 1;
    const elapsed = now - this.#beganAt;
    const seen = {
      ...request,
      operation: 'getJob',
      jobId: this.facts.id,
      jobStatus: status,
      at: now,
      elapsed,
    } as const;
    return {
      check: this.checks,
      status,
      json,
      faults: [...this.#windows.match(seen), ...this.#faults.match(seen)],
    };
  }

  /** When the timeline begins; undefined where that is the first check. */
  #begin(): number | undefined {
    const { startsAt, createdAt } = this.#spec;
    if (startsAt === 'firstCheck') return undefined;
    return startsAt === 'createdAt' && createdAt !== undefined ? instantMs(createdAt) : this.#addedAt;
  }

  /** Undefined while the timeline has not begun. */
  #moveTo(now: number): Cursor | undefined {
    this.#beganAt ??= this.#begin();
    if (this.#beganAt === undefined) return undefined;
    this.#cursor = advance(this.#spec.timeline, this.#cursor ?? { step: 0, since: this.#beganAt, checks: 0 }, now);
    return this.#cursor;
  }
}

function windowsOf(answers: ParsedAnswers): FaultRules {
  return new FaultRules(answerRules(answers), 'getJob');
}

function factsOf(id: string, spec: ParsedJobSpec): JobFacts {
  return {
    id,
    workflowId: spec.workflowId ?? uuidFrom(id, 'workflow'),
    workflowName: spec.workflowName ?? `Job ${id.slice(0, 8)}`,
    jobType: spec.jobType,
    fileIds: spec.files.map((file, index) => (typeof file === 'string' ? fileIdOf(id, index, file) : file.fileId)),
    nodes: spec.nodes.map((node, index) => ({ ...node, id: node.id ?? uuidFrom(id, 'node', index) })),
  };
}

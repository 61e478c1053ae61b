import { answerRules, mergeAnswers, type ParsedAnswers } from './answer-switches';
import type { Operation } from '../support/operations';
import { FaultRules, type ParsedRule, type RequestSeen } from '../faults/fault-rules';
import type { ParsedFault } from '../faults/faults';
import type { Upload } from '../support/upload';
import { makeFileId, uuidFrom } from '../support/ids';
import { JobLife } from './job-life';
import type { ParsedJobSpec } from './job-spec';
import { type JobFacts, renderJob } from './render-job';

type Switches = ParsedJobSpec['answers'];

/** The result of a check of a job. */
export interface CheckedJob {
  /** Counted from 1. */
  check: number;
  status: string;
  json: Record<string, unknown>;
  faults: ParsedFault[];
}

/** A job inside the fake: its life, the shape of its answers, and its pending faults. */
export class JobState {
  readonly facts: JobFacts;
  readonly life: JobLife;
  /** The job's place in lists: always the same, and independent of its age. */
  readonly rank: string;
  /** How the job behaves. */
  readonly spec: ParsedJobSpec;
  checks = 0;
  readonly #faults: FaultRules;
  readonly #added: Promise<void>;
  #switches: Switches;
  #answers: ParsedAnswers;
  #windows: FaultRules;

  /**
   * @param addedAt The fake's clock when the job was added
   * @param uploads Files that were uploaded with its start
   */
  constructor(
    id: string,
    spec: ParsedJobSpec,
    addedAt: Promise<number>,
    apiSwitches: Switches,
    uploads: readonly Upload[] = [],
  ) {
    this.facts = initialFacts(id, spec, uploads);
    this.rank = uuidFrom(id);
    this.spec = spec;
    this.life = new JobLife(spec);
    this.#faults = new FaultRules(spec.faults, 'getJob');
    this.#added = addedAt.then((at) => void (this.life.addedAt = at));
    this.#added.catch(() => {}); // ready() reports it
    this.#switches = spec.answers;
    this.#answers = mergeAnswers(apiSwitches, this.#switches);
    this.#windows = faultWindows(this.#answers);
  }

  /** Await this before using the job, because the clock may answer late. */
  ready(): Promise<void> {
    return this.#added;
  }

  get answers(): ParsedAnswers {
    return this.#answers;
  }

  /** Sets new switches, those of the job or of the whole API. The windows among them are counted from then on. */
  setAnswers(apiSwitches: Switches, own: Switches = {}): void {
    this.#switches = { ...this.#switches, ...own };
    this.#answers = mergeAnswers(apiSwitches, this.#switches);
    this.#windows = faultWindows(this.#answers);
  }

  addFaults(rules: readonly ParsedRule[]): void {
    this.#faults.add(rules);
  }

  /** The job's answer at `now`, without counting a check. */
  render(now: number, isStart = false): Record<string, unknown> {
    const createdAt = this.spec.createdAt ?? this.life.addedAt;
    return renderJob(this.facts, createdAt, this.life.statusAt(now), this.#answers, isStart);
  }

  /** Counts a check and picks the faults for it. */
  check(now: number, request: Pick<RequestSeen, 'method' | 'path'>): CheckedJob {
    this.life.beginCheck(now);
    const json = this.render(now);
    const status = this.life.statusAt(now);
    this.life.countCheck(now);
    this.checks += 1;
    return { check: this.checks, status, json, faults: this.faultsFor('getJob', now, request, status) };
  }

  /** The faults for a request about this job. */
  faultsFor(
    operation: Operation,
    now: number,
    request: Pick<RequestSeen, 'method' | 'path'>,
    jobStatus = this.life.statusAt(now),
  ): ParsedFault[] {
    const seen = { ...request, operation, jobId: this.facts.id, jobStatus, at: now, elapsed: this.life.elapsed(now) };
    return [...this.#windows.match(seen), ...this.#faults.match(seen)];
  }
}

function faultWindows(answers: ParsedAnswers): FaultRules {
  return new FaultRules(answerRules(answers), 'getJob');
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

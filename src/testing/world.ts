import { z } from 'zod';
import { answersSchema, mergeAnswers, type AnswerSwitches, type ParsedAnswers } from './answers';
import { FaultRules, faultRuleSchema, type FaultRule } from './fault-rules';
import { uuidFrom } from './ids';
import { FakeInputError, parseInput } from './input';
import { jobSpecSchema } from './job-spec';
import { JobState } from './job-state';
import type { RequestRecord } from './request-log';

const rulesSchema = z.array(faultRuleSchema);

export interface WorldOptions {
  now: () => number | Promise<number>;
  apiKey: string;
  seed: string;
  answers?: AnswerSwitches;
  faults?: FaultRule[];
}

/** All that the fake knows: jobs, keys, switches, faults, the log of requests, and the clock. */
export class World {
  readonly jobs = new Map<string, JobState>();
  readonly requests: RequestRecord[] = [];
  readonly faults: FaultRules;
  keys: readonly string[];
  received = 0;
  readonly #options: WorldOptions;
  #switches: z.output<typeof answersSchema>;
  #answers: ParsedAnswers;
  #jobsAdded = 0;
  #startedAt: number;

  /** @param startedAt The clock at that moment */
  constructor(options: WorldOptions, startedAt: number) {
    this.#options = options;
    this.#startedAt = startedAt;
    this.keys = [options.apiKey];
    this.#switches = parseInput(answersSchema, options.answers ?? {}, 'answers');
    this.#answers = mergeAnswers(this.#switches);
    this.faults = new FaultRules(parseInput(rulesSchema, options.faults ?? [], 'faults'));
  }

  get answers(): ParsedAnswers {
    return this.#answers;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  async now(): Promise<number> {
    const now = await this.#options.now();
    if (!Number.isFinite(now))
      throw new FakeInputError(`now() gave ${String(now)}, which is no number of milliseconds`);
    return now;
  }

  addJob(spec: unknown): JobState {
    const parsed = parseInput(jobSpecSchema, spec, 'job');
    const id = parsed.id ?? uuidFrom(this.#options.seed, 'job', (this.#jobsAdded += 1));
    if (this.jobs.has(id)) throw new FakeInputError(`job.id: there is a job ${id} already`);
    const job = new JobState(id, parsed, this.now(), this.#switches);
    this.jobs.set(id, job);
    return job;
  }

  setAnswers(answers: unknown): void {
    this.#switches = { ...this.#switches, ...parseInput(answersSchema, answers, 'answers') };
    this.#answers = mergeAnswers(this.#switches);
    for (const job of this.jobs.values()) job.setAnswers(this.#switches);
  }

  /** The newest key comes first. */
  rotateKey(apiKey: string, keepOld = false): void {
    this.keys = [apiKey, ...(keepOld ? this.keys : [])];
  }

  setJobAnswers(job: JobState, answers: unknown): void {
    job.setAnswers(this.#switches, parseInput(answersSchema, answers, 'answers'));
  }

  addFaults(rules: unknown, job?: JobState): void {
    const parsed = parseInput(rulesSchema, rules, 'faults');
    if (job) job.addFaults(parsed);
    else this.faults.add(parsed);
  }

  /** Forgets jobs, faults and requests, and begins anew with the options that the fake was started with. */
  async reset(): Promise<void> {
    this.#startedAt = await this.now();
    this.jobs.clear();
    this.requests.length = 0;
    this.received = 0;
    this.#jobsAdded = 0;
    this.keys = [this.#options.apiKey];
    this.faults.clear();
    this.addFaults(this.#options.faults ?? []);
    this.#switches = parseInput(answersSchema, this.#options.answers ?? {}, 'answers');
    this.#answers = mergeAnswers(this.#switches);
  }
}

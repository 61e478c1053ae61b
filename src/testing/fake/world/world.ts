import { z } from 'zod';
import { answersSchema, type AnswerSwitches, mergeAnswers, type ParsedAnswers } from '../job/answer-switches';
import { type FaultRule, FaultRules, faultRuleSchema } from '../faults/fault-rules';
import type { RequestRecord } from './request-log';
import type { Upload } from '../support/upload';
import { uuidFrom } from '../support/ids';
import { FakeInputError, parseInput } from '../support/input';
import { jobSpecSchema, type ParsedJobSpec } from '../job/job-spec';
import { JobState } from '../job/job-state';
import { admit, type FakeWorkflow, startedJobSchema, type ParsedLimits, workflowSchema } from '../job/started-jobs';
import { type Channel, type ParsedWebhook, webhookSchema } from '../webhooks/channel';
import { Notifications } from '../webhooks/notifications';

const rulesSchema = z.array(faultRuleSchema);

export interface WorldOptions {
  now: () => number | Promise<number>;
  /** Whether that is the time of timers. */
  isRealTime: boolean;
  apiKey: string;
  seed: string;
  answers?: AnswerSwitches | undefined;
  faults?: FaultRule[] | undefined;
  startedJobs?: unknown;
  webhooks?: unknown;
  slots: number;
  limits: ParsedLimits;
}

/** All that the fake knows: jobs, keys, switches, faults, the log of requests, and the clock. */
export class World {
  readonly jobs = new Map<string, JobState>();
  readonly workflows = new Map<string, FakeWorkflow>();
  readonly requests: RequestRecord[] = [];
  readonly faults = new FaultRules([]);
  readonly notifications: Notifications;
  keys: readonly string[] = [];
  received = 0;
  readonly #options: WorldOptions;
  #switches: z.output<typeof answersSchema> = {};
  #answers = mergeAnswers();
  #jobsAdded = 0;
  #lastStartAt = -Infinity;
  #startedAt = NaN;
  #startedJobs = parseInput(startedJobSchema, {}, 'startedJobs');

  /** @param startedAt The clock at that moment */
  constructor(options: WorldOptions, startedAt: number) {
    this.#options = options;
    this.notifications = new Notifications(options.seed, options.isRealTime ? () => this.touch() : undefined);
    this.#begin(startedAt);
  }

  /** With nothing but the options that the fake was started with. */
  #begin(startedAt: number): void {
    const { apiKey, answers = {}, faults = [], startedJobs = {}, webhooks = [] } = this.#options;
    this.#startedAt = startedAt;
    this.keys = [apiKey];
    this.setAnswers(answers);
    this.addFaults(faults);
    this.setStartedJobs(startedJobs);
    for (const webhook of parseInput(z.array(webhookSchema), webhooks, 'webhooks')) this.addChannel(webhook, startedAt);
  }

  get seed(): string {
    return this.#options.seed;
  }

  get answers(): ParsedAnswers {
    return this.#answers;
  }

  get limits(): ParsedLimits {
    return this.#options.limits;
  }

  /** Takes a start that came at `now`, unless it follows another too soon: also one that is still being answered. */
  takeStart(now: number): boolean {
    if (now < this.#lastStartAt + this.limits.spacing) return false;
    this.#lastStartAt = now;
    return true;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  async now(): Promise<number> {
    const now = await this.#options.now();
    if (!Number.isFinite(now))
      throw new FakeInputError(`now() must return a number of milliseconds; got ${String(now)}.`);
    admit(this.#slotted(), this.#options.slots, now);
    if (this.notifications.isWatched) this.notice(now);
    return now;
  }

  /** Has events made of what the jobs have become by now. */
  notice(now: number): void {
    this.notifications.notice([...this.jobs.values()], now);
  }

  /** Has deliveries made of what a job may just have become. */
  touch(): void {
    if (this.notifications.isWatched) this.now().catch(() => {}); // a clock that fails is told to whoever asks for something
  }

  /** Resolves when all deliveries that are due have been answered. */
  async deliver(): Promise<void> {
    await Promise.all([...this.jobs.values()].map((job) => job.ready()));
    await this.now();
    await this.notifications.settled();
  }

  /** A channel that hears of what happens from now on. */
  addChannel(webhook: ParsedWebhook, now: number): Channel {
    this.notice(now);
    return this.notifications.put(webhook, now);
  }

  /** Delivers nothing more. */
  close(): void {
    this.notifications.end();
  }

  addJob(spec: unknown): JobState {
    return this.#add(parseInput(jobSpecSchema, spec, 'job'));
  }

  addWorkflow(spec: unknown): FakeWorkflow {
    const { id, name, runs } = parseInput(workflowSchema, spec, 'workflow');
    const known = id ?? uuidFrom(this.#options.seed, 'workflow', this.workflows.size);
    const workflow = { id: known, name: name ?? `Workflow ${known.slice(0, 8)}`, ...(runs && { runs }) };
    this.workflows.set(known, workflow);
    return workflow;
  }

  /** What jobs are like that are started over HTTP from now on. */
  setStartedJobs(spec: unknown): void {
    this.#startedJobs = parseInput(startedJobSchema, spec, 'startedJobs');
  }

  /** Starts a job, as the API does: of a workflow, or on demand. */
  async startJob(uploads: readonly Upload[], workflowId?: string): Promise<JobState> {
    const workflow = workflowId === undefined ? undefined : this.workflows.get(workflowId);
    const spec = workflow?.runs ?? this.#startedJobs;
    const facts = workflow && { workflowId: workflow.id, workflowName: workflow.name, jobType: 'persistent' };
    const job = this.#add({ ...spec, ...facts, startsAt: 'slot' }, uploads);
    await job.ready();
    await this.now(); // gives it a slot
    return job;
  }

  /** Whether a run of the workflow is in progress. */
  isBusy(workflowId: string, now: number): boolean {
    return [...this.jobs.values()].some(
      (job) => job.facts.workflowId === workflowId && job.life.endedAt(now) === undefined,
    );
  }

  #add(spec: ParsedJobSpec, uploads: readonly Upload[] = []): JobState {
    const id = spec.id ?? uuidFrom(this.#options.seed, 'job', (this.#jobsAdded += 1));
    if (this.jobs.has(id)) throw new FakeInputError(`job.id: there is a job ${id} already`);
    const job = new JobState(id, spec, this.now(), this.#switches, uploads);
    this.jobs.set(id, job);
    job.ready().then(
      () => this.touch(),
      () => {}, // told to whoever asks for the job
    );
    return job;
  }

  /** Jobs that wait for a slot or have one, in the order of their starts. */
  #slotted(): JobState[] {
    return [...this.jobs.values()].filter(({ spec, life }) => spec.startsAt === 'slot' && !Number.isNaN(life.addedAt));
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

  /** Forgets jobs, faults and requests, and begins again with the options that the fake was started with. */
  async reset(): Promise<void> {
    const now = await this.now();
    this.jobs.clear();
    this.workflows.clear();
    this.notifications.clear();
    this.requests.length = 0;
    this.received = 0;
    this.#jobsAdded = 0;
    this.#lastStartAt = -Infinity;
    this.faults.clear();
    this.#switches = {};
    this.#begin(now);
  }
}

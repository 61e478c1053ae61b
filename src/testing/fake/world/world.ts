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
const NOT_EMPTY = z.string().min(1);

export interface WorldOptions {
  now: () => number | Promise<number>;
  /** Whether `now` is real time, so that timers follow it. */
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

/** The state of the fake: jobs, keys, switches, faults, the log of requests, and the clock. */
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

  /** @param startedAt The fake's clock at the start */
  constructor(options: WorldOptions, startedAt: number) {
    this.#options = options;
    this.notifications = new Notifications(options.seed, options.isRealTime ? () => this.touch() : undefined);
    this.#begin(startedAt);
  }

  /** Begins with only the options that the fake was started with. */
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

  /** Accepts a start at `now`, unless it follows another one too soon, even one that is still being answered. */
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

  /** Creates events for all changes of the jobs up to now. */
  notice(now: number): void {
    this.notifications.notice([...this.jobs.values()], now);
  }

  /** Creates deliveries for changes that may just have happened. */
  touch(): void {
    if (this.notifications.isWatched) this.now().catch(() => {}); // an error of the clock is reported to the next request
  }

  /** Resolves when all deliveries that are due have been answered. */
  async deliver(): Promise<void> {
    await Promise.all([...this.jobs.values()].map((job) => job.ready()));
    await this.now();
    await this.notifications.settled();
  }

  /** Adds a channel that receives events from now on. */
  addChannel(webhook: ParsedWebhook, now: number): Channel {
    this.notice(now);
    return this.notifications.put(webhook, now);
  }

  /** Stops all deliveries. */
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

  /** Sets the properties of jobs that are started over HTTP from now on. */
  setStartedJobs(spec: unknown): void {
    this.#startedJobs = parseInput(startedJobSchema, spec, 'startedJobs');
  }

  /** Starts a job, as the API does: a run of a workflow, or an on-demand job. */
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
      () => {}, // reported when the job is requested
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

  /** Adds a key, which becomes the first one. */
  rotateKey(apiKey: string, keepOld = false): void {
    this.keys = [parseInput(NOT_EMPTY, apiKey, 'apiKey'), ...(keepOld ? this.keys : [])];
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

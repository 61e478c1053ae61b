import type { Server } from 'node:http';
import { z } from 'zod';
import type { AnswerSwitches } from './job/answer-switches';
import { FakeJob } from './fake-job';
import type { FaultRule } from './faults/fault-rules';
import type { RequestRecord } from './world/request-log';
import { startServer } from './http/server';
import { parseInput } from './support/input';
import type { JobSpec } from './job/job-spec';
import { type StartLimits, type StartedJobSpec, limitsSchema, type WorkflowSpec } from './job/started-jobs';
import type { WebhookSpec } from './webhooks/channel';
import type { DeliveryRecord } from './webhooks/sender';
import { World } from './world/world';

export interface FakeUnstructuredOptions {
  /**
   * The clock, in milliseconds since the epoch: with time skipping `() => env.currentTimeMs()`. It decides timelines and dates;
   * delays of faults are real time. @default Date.now
   */
  now?: (() => number | Promise<number>) | undefined;
  /** The accepted key. @default 'fake-key' */
  apiKey?: string | undefined;
  /** Port to listen on; 0 for any free one. @default 0 */
  port?: number | undefined;
  /** Address to listen on. @default '127.0.0.1' */
  host?: string | undefined;
  /** Path in front of `/api/v1`, such as `/eu`, as behind a gateway. @default '' */
  pathPrefix?: string | undefined;
  /** Seed of the ids: the same seed gives the same ids. @default 'fake' */
  seed?: string | undefined;
  /** Properties of jobs that are started over HTTP. @default queued for 2 s, running for 8 s, then COMPLETED */
  startedJobs?: StartedJobSpec | undefined;
  /** Number of jobs started over HTTP that run at a time. The others stay queued. @default 5, as documented for on-demand jobs */
  slots?: number | undefined;
  /** Limits of a start, and of the rate of starts. @default 10 files of 50 MiB each, and 1 start a second */
  limits?: StartLimits | undefined;
  /** Switches of all jobs. */
  answers?: AnswerSwitches | undefined;
  /** Faults of the whole API, counted over all its requests. They apply before the key check, and also to wrong paths. */
  faults?: FaultRule[] | undefined;
  /**
   * Channels that receive an event for each change of a job, as it happens by the real clock. With a clock of your own in `now`, changes
   * are noticed at requests and by `deliver()`. Further channels can be created over HTTP, by the API's own requests.
   */
  webhooks?: WebhookSpec[] | undefined;
}

const optionsSchema = z.strictObject({
  now: z
    .custom<() => number | Promise<number>>((value) => typeof value === 'function', 'a function')
    .default(() => Date.now),
  apiKey: z.string().min(1).default('fake-key'),
  port: z.int().min(0).max(65_535).default(0),
  host: z.string().min(1).default('127.0.0.1'),
  pathPrefix: z
    .string()
    .regex(/^(\/[^/?#]+)*$/, "a path such as '/eu'")
    .default(''),
  seed: z.string().default('fake'),
  slots: z.int().min(1).default(5),
  limits: limitsSchema,
});

/**
 * An Unstructured Platform API for tests: real HTTP on a real port, jobs with scripted timelines and faults, and a log of requests.
 *
 * @example
 * const api = await FakeUnstructured.start();
 * const job = api.addJob({ files: ['a.pdf'], timeline: [['SCHEDULED', '30m'], ['IN_PROGRESS', '90m'], ['COMPLETED']] });
 * await fetch(`${api.url}/api/v1/jobs/${job.id}`, { headers: { 'unstructured-api-key': api.apiKey } });
 * await api.close();
 */
export class FakeUnstructured implements AsyncDisposable {
  /** Base URL, without `/api/v1` and without a slash at the end. */
  readonly url: string;
  readonly #world: World;
  readonly #server: Server;
  readonly #closing: AbortController;

  private constructor(url: string, world: World, server: Server, closing: AbortController) {
    this.url = url;
    this.#world = world;
    this.#server = server;
    this.#closing = closing;
  }

  /**
   * Starts a fake.
   * @throws FakeInputError if an option is unknown or its value is not valid; the error of the system if the port cannot be used
   */
  static async start(options: FakeUnstructuredOptions = {}): Promise<FakeUnstructured> {
    const { answers, faults, startedJobs, webhooks, ...rest } = options;
    const parsed = parseInput(optionsSchema, rest, 'options');
    const isRealTime = options.now === undefined;
    const world = new World({ ...parsed, answers, faults, startedJobs, webhooks, isRealTime }, await parsed.now());
    const closing = new AbortController();
    const { server, url } = await startServer(world, { ...parsed, closing: closing.signal });
    return new FakeUnstructured(url, world, server, closing);
  }

  /** The newest accepted key. */
  get apiKey(): string {
    return this.#world.keys[0] ?? '';
  }

  /** Every request of the API since the start, in order of arrival. */
  get requests(): readonly RequestRecord[] {
    return this.#world.requests;
  }

  /** Every attempt to deliver an event to a channel, in order. */
  get deliveries(): readonly DeliveryRecord[] {
    return this.#world.notifications.deliveries;
  }

  /**
   * Brings all jobs up to the fake's clock, and resolves when all deliveries that are due have been answered, including late ones. It does
   * not wait for repeats, nor for events that are held back until the end of their job.
   */
  deliver(): Promise<void> {
    return this.#world.deliver();
  }

  /** Adds a job. @throws FakeInputError that names the field and the value */
  addJob(spec: JobSpec = {}): FakeJob {
    return new FakeJob(this.#world, this.#world.addJob(spec));
  }

  /** All jobs, in the order of their creation, including those started over HTTP. */
  get jobs(): FakeJob[] {
    return [...this.#world.jobs.values()].map((state) => new FakeJob(this.#world, state));
  }

  /** Adds a workflow that can be run over HTTP. @throws FakeInputError that names the field and the value */
  addWorkflow(spec: WorkflowSpec = {}): { id: string; name: string } {
    const { id, name } = this.#world.addWorkflow(spec);
    return { id, name };
  }

  /**
   * Changes the properties of jobs that are started over HTTP from now on.
   * @throws FakeInputError that names the field and the value
   */
  setStartedJobs(spec: StartedJobSpec): void {
    this.#world.setStartedJobs(spec);
  }

  /** Returns the job of that id, including jobs that were added over HTTP; undefined if there is none. */
  job(id: string): FakeJob | undefined {
    const state = this.#world.jobs.get(id.toLowerCase());
    return state && new FakeJob(this.#world, state);
  }

  /**
   * Accepts another key from now on. Former keys are refused, unless `keepOld` is true.
   * @default keepOld: false
   * @throws FakeInputError if the key is not a text, or empty
   */
  rotateKey(apiKey: string, options: { keepOld?: boolean | undefined } = {}): void {
    this.#world.rotateKey(apiKey, options.keepOld);
  }

  /**
   * Adds faults of the whole API, counted from now on.
   * @throws FakeInputError that names the field and the value
   */
  addFaults(rules: FaultRule[]): void {
    this.#world.addFaults(rules);
  }

  /**
   * Changes switches of all jobs. Windows among them are counted from then on.
   * @throws FakeInputError that names the field and the value
   */
  setAnswers(answers: AnswerSwitches): void {
    this.#world.setAnswers(answers);
  }

  /** Removes jobs, faults and requests, and begins again with the options of the start. */
  reset(): Promise<void> {
    return this.#world.reset();
  }

  /** Stops the server and closes all its connections at once, including those that hang. Repeated calls have no effect. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#world.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

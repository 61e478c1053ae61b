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
  /** The key that is accepted. @default 'fake-key' */
  apiKey?: string | undefined;
  /** 0 for any free port. @default 0 */
  port?: number | undefined;
  /** @default '127.0.0.1' */
  host?: string | undefined;
  /** Path in front of `/api/v1`, such as `/eu`, as behind a gateway. @default '' */
  pathPrefix?: string | undefined;
  /** What ids are made from: the same seed gives the same ids. @default 'fake' */
  seed?: string | undefined;
  /** What jobs are like that are started over HTTP. @default queued for 2 s, running for 8 s, then COMPLETED */
  startedJobs?: StartedJobSpec | undefined;
  /** How many jobs started over HTTP run at a time; the others stay queued. @default 5, as documented for on-demand jobs */
  slots?: number | undefined;
  /** What a start may hold, and how fast starts may follow each other. */
  limits?: StartLimits | undefined;
  /** Switches of all jobs. */
  answers?: AnswerSwitches | undefined;
  /** Faults of the whole API, counted over all its requests. They come before the key check and also on wrong paths. */
  faults?: FaultRule[] | undefined;
  /**
   * Channels that are told of each job's changes, as they happen by the real clock. With a clock of your own in `now`, changes are noticed at
   * requests and by `deliver()`. More channels are made over HTTP, by the API's own requests.
   */
  webhooks?: WebhookSpec[] | undefined;
}

const optionsSchema = z.strictObject({
  now: z
    .custom<() => number | Promise<number>>((value) => typeof value === 'function', 'no function')
    .default(() => Date.now),
  apiKey: z.string().min(1).default('fake-key'),
  port: z.int().min(0).max(65_535).default(0),
  host: z.string().min(1).default('127.0.0.1'),
  pathPrefix: z
    .string()
    .regex(/^(\/[^/?#]+)*$/, "no path like '/eu'")
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
   * @throws FakeInputError where an option is none of the above or has no valid value
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

  /** The newest key that is accepted. */
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
   * Notices what jobs have become by the fake's clock, and resolves when all deliveries that are due have been answered, those that are sent
   * late included. Repeats, and events that are held back for their job's end, are not waited for.
   */
  deliver(): Promise<void> {
    return this.#world.deliver();
  }

  /** @throws FakeInputError that names the field and the value */
  addJob(spec: JobSpec = {}): FakeJob {
    return new FakeJob(this.#world, this.#world.addJob(spec));
  }

  /** All jobs, in the order in which they came, those started over HTTP included. */
  get jobs(): FakeJob[] {
    return [...this.#world.jobs.values()].map((state) => new FakeJob(this.#world, state));
  }

  /** A workflow that can be run over HTTP. @throws FakeInputError that names the field and the value */
  addWorkflow(spec: WorkflowSpec = {}): { id: string; name: string } {
    const { id, name } = this.#world.addWorkflow(spec);
    return { id, name };
  }

  /** Changes what jobs are like that are started over HTTP from now on. */
  setStartedJobs(spec: StartedJobSpec): void {
    this.#world.setStartedJobs(spec);
  }

  /** The job of that id, also one that was added over HTTP; undefined where there is none. */
  job(id: string): FakeJob | undefined {
    const state = this.#world.jobs.get(id.toLowerCase());
    return state && new FakeJob(this.#world, state);
  }

  /** Accepts another key from now on, and the former ones only where asked for. */
  rotateKey(apiKey: string, options: { keepOld?: boolean | undefined } = {}): void {
    this.#world.rotateKey(apiKey, options.keepOld);
  }

  /** More faults of the whole API, counted from now on. */
  addFaults(rules: FaultRule[]): void {
    this.#world.addFaults(rules);
  }

  /** Changes switches of all jobs; their windows are counted anew. */
  setAnswers(answers: AnswerSwitches): void {
    this.#world.setAnswers(answers);
  }

  /** Forgets jobs, faults and requests, and begins anew with the options of the start. */
  reset(): Promise<void> {
    return this.#world.reset();
  }

  /** Ends the server and all its connections at once, also those that hang. Harmless when called again. */
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

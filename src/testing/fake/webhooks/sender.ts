import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { errorShape } from '../../../core/error-shape';
import type { Channel } from './channel';
import { Counted } from './delivery-switches';
import { isEnd, type JobEvent } from './job-event';

/** An attempt to deliver an event. */
export interface DeliveryRecord {
  /** Counted from 1 over all attempts of this fake. */
  index: number;
  channelId: string;
  url: string;
  /** Header `webhook-id`: the same for each attempt at an event. */
  id: string;
  type: string;
  jobId: string;
  /** Counted from 1; a duplicate counts again. */
  attempt: number;
  /** Whether it was signed with another secret than the channel's. */
  forged: boolean;
  /** HTTP status of the answer; null if there is none, or none yet. */
  status: number | null;
  /** Beginning of the answer's body, or why there was no answer. */
  answer: string;
}

/** How long a receiver may take to answer. */
const ANSWER_MS = 15_000;

/** Longest answer that is kept. */
const KEPT = 2_000;

/** The fake's own connections, because tests replace the global `fetch` and its dispatcher to see what their code sends. */
const dispatcher = new Agent();

/** Sends the events of one channel. Events of the same job are sent one after another. */
export class Sender {
  readonly #channel: Channel;
  readonly #log: DeliveryRecord[];
  readonly #closing: AbortSignal;
  readonly #lost: Counted;
  readonly #forged: Counted;
  readonly #duplicate: Counted;
  readonly #taken = new Set<string>();
  /** By job: the deliveries in progress. */
  readonly #queues = new Map<string, Promise<void>>();
  /** By job: the events that are held back until the job ends. */
  readonly #held = new Map<string, JobEvent[]>();
  #isRemoved = false;

  constructor(channel: Channel, log: DeliveryRecord[], closing: AbortSignal) {
    this.#channel = channel;
    this.#log = log;
    this.#closing = closing;
    this.#lost = new Counted(channel.lost);
    this.#forged = new Counted(channel.forged);
    this.#duplicate = new Counted(channel.duplicate);
  }

  get channel(): Channel {
    return this.#channel;
  }

  /** Sends nothing more. A request that is already sent is still answered. */
  remove(): void {
    this.#isRemoved = true;
  }

  /** Whether the channel receives anything: it is neither removed nor turned off. */
  get #isOn(): boolean {
    return this.#channel.enabled && !this.#isRemoved;
  }

  /** Accepts an event if the channel is for it, and only once. */
  take(event: JobEvent): void {
    const { eventTypes, workflowId, reordered } = this.#channel;
    const isFor =
      this.#isOn && eventTypes.includes(event.type) && (workflowId ?? event.workflowId) === event.workflowId;
    if (!isFor || this.#taken.has(event.id)) return;
    this.#taken.add(event.id);
    if (!reordered) {
      this.#enqueue([event]);
      return;
    }
    const before = this.#held.get(event.jobId) ?? [];
    if (!isEnd(event)) return void this.#held.set(event.jobId, [event, ...before]);
    this.#held.delete(event.jobId);
    this.#enqueue([event, ...before]);
  }

  /** Resolves when all accepted events that are not held back have been answered. Does not wait for repeats. */
  async settled(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all(this.#queues.values());
  }

  #enqueue(events: readonly JobEvent[]): void {
    const due = Date.now() + this.#channel.late;
    for (const event of events) {
      const sent = (this.#queues.get(event.jobId) ?? Promise.resolve()).then(() => this.#send(event, due));
      const done: Promise<void> = sent
        .catch(() => undefined) // the fake is closed
        .then(() => {
          if (this.#queues.get(event.jobId) === done) this.#queues.delete(event.jobId);
        });
      this.#queues.set(event.jobId, done);
    }
  }

  async #send(event: JobEvent, due: number): Promise<void> {
    const signal = this.#closing;
    if (due > Date.now()) await sleep(due - Date.now(), undefined, { signal, ref: false });
    if (!this.#isOn) return;
    const { jobId, status: jobStatus, at, elapsed } = event;
    const seen = { method: 'POST', path: new URL(this.#channel.url).pathname, jobId, jobStatus, at, elapsed };
    const [isForged, isLost, isTwice] = [this.#forged, this.#lost, this.#duplicate].map((when) => when.matches(seen));
    if (isForged) await this.#attempt(event, 1, true);
    if (isLost) return;
    for (let copies = isTwice ? 2 : 1; copies > 0; copies -= 1) await this.#deliver(event);
  }

  async #deliver(event: JobEvent): Promise<void> {
    if (!this.#isOn) return;
    if (!(await this.#attempt(event, 1))) void this.#repeat(event).catch(() => undefined); // the fake is closed
  }

  async #repeat(event: JobEvent): Promise<void> {
    for (const [index, pause] of this.#channel.retries.entries()) {
      await sleep(pause, undefined, { signal: this.#closing, ref: false });
      if (!this.#isOn || (await this.#attempt(event, index + 2))) return;
    }
  }

  /** Sends an event once. Returns whether the answer was a success. */
  async #attempt(event: JobEvent, attempt: number, forged = false): Promise<boolean> {
    const { id: channelId, url, secret, jobIdAt } = this.#channel;
    const { id, type, jobId } = event;
    const index = this.#log.length + 1;
    const record: DeliveryRecord = {
      index,
      channelId,
      url,
      id,
      type,
      jobId,
      attempt,
      forged,
      status: null,
      answer: '',
    };
    this.#log.push(record);
    const body = JSON.stringify(bodyOf(event, jobIdAt));
    const headers = signedHeaders(id, body, forged ? `${secret}, but another` : secret);
    try {
      const signal = AbortSignal.any([this.#closing, AbortSignal.timeout(ANSWER_MS)]);
      const answer = await request(url, { method: 'POST', body, headers, dispatcher, signal });
      record.answer = (await answer.body.text()).slice(0, KEPT);
      record.status = answer.statusCode;
      return answer.statusCode >= 200 && answer.statusCode <= 299;
    } catch (error) {
      const { message, code } = errorShape(error);
      record.answer = message || (code ?? 'no answer');
      return false;
    }
  }
}

/** Headers with a signature, keyed by the secret's bytes. The timestamp is real time, because receivers compare it with their own clock. */
function signedHeaders(id: string, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** The body of a delivery. Its fields are those that the documentation describes in words. The job's id is where the channel's `jobIdAt` puts it. */
function bodyOf(event: JobEvent, jobIdAt: string): Record<string, unknown> {
  const [name, ...around] = jobIdAt.split('.').reverse();
  const job = { [name as string]: event.jobId, workflow_id: event.workflowId, status: event.status };
  const nested = around.reduce<object>((inner, key) => ({ [key]: inner }), job);
  return { type: event.type, ...nested, processing_time_ms: event.elapsed };
}

import { uuidFrom } from '../support/ids';
import { FakeInputError } from '../support/input';
import type { JobState } from '../job/job-state';
import type { Channel, ParsedWebhook } from './channel';
import { eventOf, type JobEvent } from './job-event';
import { type DeliveryRecord, Sender } from './sender';

/** The longest time that a timer of Node takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Channels, the feed of notifications, and what is delivered. */
export class Notifications {
  /** In the order in which they were noticed. */
  readonly events: JobEvent[] = [];
  readonly deliveries: DeliveryRecord[] = [];
  readonly #seed: string;
  readonly #wake: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #senders = new Map<string, Sender>();
  #closing = new AbortController();
  #channelsAdded = 0;

  /** @param wake Has the jobs noticed when time brings something; left out where timers know nothing of the fake's clock */
  constructor(seed: string, wake?: () => void) {
    this.#seed = seed;
    this.#wake = wake;
  }

  get channels(): Channel[] {
    return [...this.#senders.values()].map(({ channel }) => channel);
  }

  /** Whether somebody is to be told of changes as they happen. */
  get isWatched(): boolean {
    return this.channels.some(({ enabled }) => enabled);
  }

  /** @throws FakeInputError where there is one of that id */
  put(webhook: ParsedWebhook, now: number): Channel {
    const id = webhook.id ?? uuidFrom(this.#seed, 'channel', (this.#channelsAdded += 1));
    if (this.#senders.has(id)) throw new FakeInputError(`webhook.id: there is a channel ${id} already`);
    const channel = { ...webhook, id, createdAt: now };
    this.#senders.set(id, new Sender(channel, this.deliveries, this.#closing.signal));
    return channel;
  }

  remove(id: string): void {
    this.#senders.delete(id);
  }

  /** Tells of all that the jobs have become by now, and, where a channel wants that, of what they will soon be. */
  notice(jobs: readonly JobState[], now: number): void {
    for (const job of jobs) {
      if (Number.isNaN(job.life.addedAt)) continue; // not there yet
      for (const change of job.life.takeChanges(now)) {
        const event = eventOf(job, change);
        if (!event) continue;
        this.events.push(event);
        for (const sender of this.#senders.values()) sender.take(event);
      }
      const next = job.life.nextChange();
      const soon = next && eventOf(job, next);
      if (!soon) continue;
      for (const sender of this.#senders.values()) if (soon.at - sender.channel.early <= now) sender.take(soon);
    }
    this.#wakeForNext(jobs, now);
  }

  /** When time alone brings something to notice, and somebody is to be told. */
  #wakeForNext(jobs: readonly JobState[], now: number): void {
    clearTimeout(this.#timer);
    if (!this.#wake || !this.isWatched) return;
    const early = this.channels.map((channel) => channel.early);
    const next = jobs.flatMap((job) => {
      const { at } = job.life.nextChange() ?? { at: Infinity };
      return [at, ...early.map((ms) => at - ms)].filter((time) => time > now);
    });
    const at = next.reduce((least, time) => Math.min(least, time), Infinity);
    if (at !== Infinity) this.#timer = setTimeout(this.#wake, Math.min(at - now, LONGEST_TIMER_MS)).unref();
  }

  /** Resolves when all that is to be sent has been answered; repeats, and events held back for their job's end, are not waited for. */
  async settled(): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => sender.settled()));
  }

  /** Ends what is on its way, and all channels. */
  end(): void {
    clearTimeout(this.#timer);
    this.#closing.abort();
    this.#senders.clear();
  }

  /** Forgets everything. */
  clear(): void {
    this.end();
    this.#closing = new AbortController();
    this.events.length = 0;
    this.deliveries.length = 0;
    this.#channelsAdded = 0;
  }
}

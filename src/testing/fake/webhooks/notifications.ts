import { uuidFrom } from '../support/ids';
import { FakeInputError } from '../support/input';
import type { JobState } from '../job/job-state';
import type { Channel, ParsedWebhook } from './channel';
import { eventOf, type JobEvent } from './job-event';
import { type DeliveryRecord, Sender } from './sender';

/** The longest delay of a timer in Node. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Channels, the list of notifications, and the deliveries. */
export class Notifications {
  /** Events in the order in which they were noticed. */
  readonly events: JobEvent[] = [];
  readonly deliveries: DeliveryRecord[] = [];
  readonly #seed: string;
  readonly #wake: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #senders = new Map<string, Sender>();
  #closing = new AbortController();
  #channelsAdded = 0;

  /** @param wake Makes the fake notice changes of its jobs when their time comes; absent if timers do not follow the fake's clock */
  constructor(seed: string, wake?: () => void) {
    this.#seed = seed;
    this.#wake = wake;
  }

  get channels(): Channel[] {
    return [...this.#senders.values()].map(({ channel }) => channel);
  }

  /** Whether a channel needs to receive changes as they happen. */
  get isWatched(): boolean {
    return this.channels.some(({ enabled }) => enabled);
  }

  /** @throws FakeInputError if there is a channel with that id */
  put(webhook: ParsedWebhook, now: number): Channel {
    const id = webhook.id ?? uuidFrom(this.#seed, 'channel', (this.#channelsAdded += 1));
    if (this.#senders.has(id)) throw new FakeInputError(`webhook.id: there is a channel ${id} already`);
    const channel = { ...webhook, id, createdAt: now };
    this.#senders.set(id, new Sender(channel, this.deliveries, this.#closing.signal));
    return channel;
  }

  remove(id: string): void {
    this.#senders.get(id)?.remove();
    this.#senders.delete(id);
  }

  /**
   * Records all changes of the jobs up to now, and passes them to the channels. A channel with `early` also gets the next change of a job, once it is
   * due.
   */
  notice(jobs: readonly JobState[], now: number): void {
    for (const job of jobs) {
      if (Number.isNaN(job.life.addedAt)) continue; // not added yet
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

  /** Sets a timer for the next change that time alone brings, if a channel needs it. */
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

  /** Resolves when all due deliveries have been answered. Does not wait for repeats, or for events that are held back until their job ends. */
  async settled(): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => sender.settled()));
  }

  /** Aborts current deliveries, and removes all channels. */
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

import type { getClient } from '@temporalio/activity';
import {
  ActivityCancelledError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
} from '@temporalio/client';
import { type ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { otherFailure } from '../../src/common/failure';

export type TemporalClient = ReturnType<typeof getClient>;

/** An activity in progress that is completed later, outside the worker's slots. */
export interface ActivityToken {
  client: TemporalClient;
  taskToken: Uint8Array;
  /**
   * How long the worker may be silent before Temporal gives the activity to another worker, in milliseconds. This is the activity's heartbeat
   * time-out.
   */
  leaseMs: number;
}

/** Longest time for one call to Temporal. */
const CALL_MS = 5_000;

/** Pause after a call that failed. */
const PAUSE_MS = 1_000;

/**
 * A lease is renewed at most this long before its end, and at least half as long. The time varies so that leases that began together are not all
 * renewed at once.
 */
const MARGIN_MS = 12_000;

/** When a lease is renewed, in milliseconds from its beginning. `random` is from 0 to 1. */
export function renewalMs(leaseMs: number, random: number): number {
  return leaseMs - (Math.min(MARGIN_MS, leaseMs / 4) * (1 + random)) / 2;
}

/** Type of the failure with which a worker hands an activity back to Temporal. */
const HANDED_BACK = 'UnstructuredWatchHandedBack';

/** Delay before another worker takes over what was handed back. It is long enough for all polls of the stopping worker to have ended. */
export const HAND_BACK_DELAY_MS = { shortest: 1_000, longest: 2_000 };

/**
 * A retryable failure after which any worker takes over the activity. It appears in no log and no failure metric.
 * @param heard Outcome of the last round, shown with the pending activity
 */
export function handedBack(random: number, heard: unknown): ApplicationFailure {
  return otherFailure(
    HANDED_BACK,
    `The worker that watched the job was stopped: another one takes over (${String(heard)})`,
    soon(random),
  );
}

/** The same for an activity that somebody reset. Otherwise it would not begin again. */
function afterReset(random: number, heard: unknown): ApplicationFailure {
  return otherFailure(HANDED_BACK, `The watch was reset: it begins again (${String(heard)})`, soon(random));
}

function soon(random: number): Parameters<typeof otherFailure>[2] {
  const { shortest, longest } = HAND_BACK_DELAY_MS;
  const nextRetryDelay = Math.round(shortest + random * (longest - shortest));
  return { nextRetryDelay, category: ApplicationFailureCategory.BENIGN };
}

/** The object for which a token is held. */
export interface TokenHolder {
  /** Details of the heartbeats. */
  details(): unknown;
  /** Called once the activity accepts no more calls: it is settled, it was cancelled, or Temporal ended it. */
  lost(): void;
  /** Called when the holding time is over. The activity must then be settled. */
  over(): void;
  /** 0 to 1. */
  random(): number;
}

/**
 * Holds an activity: renews its lease until it is settled, and settles it once. A failed call does not lose the activity. It is repeated until
 * Temporal has accepted it, or until the lease is over and Temporal gives the activity to another worker.
 */
export class HeldToken {
  readonly #token: ActivityToken;
  readonly #holder: TokenHolder;
  #leaseEndsAt: number;
  readonly #overAt: number;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #isDropped = false;
  #settled: Promise<void> | undefined;

  /** @param forMs How long the activity is held. One timer serves both this and the lease, because a process holds thousands */
  constructor(token: ActivityToken, holder: TokenHolder, forMs: number) {
    this.#token = token;
    this.#holder = holder;
    const now = performance.now();
    this.#leaseEndsAt = now + token.leaseMs;
    this.#overAt = now + forMs;
    this.#renewLater();
  }

  /** Whether the activity has ended, or is being settled. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Settles the activity, unless it is settled or being settled. @returns once that has ended */
  complete(answer: unknown): Promise<void> {
    return this.#settle(({ client, taskToken }) => client.activity.complete(taskToken, answer));
  }

  /** Like {@link complete}. */
  fail(failure: Error): Promise<void> {
    return this.#settle(({ client, taskToken }) => client.activity.fail(taskToken, failure));
  }

  /** Makes no more calls to Temporal, so that the lease ends. */
  letGo(): void {
    this.#stop();
    this.#isDropped = true;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
  }

  #settle(say: (token: ActivityToken) => Promise<void>): Promise<void> {
    if (!this.#isOver) {
      this.#stop();
      this.#settled = this.#repeat(say).then(() => this.#holder.lost());
    }
    return this.#settled ?? Promise.resolve();
  }

  async #repeat(say: (token: ActivityToken) => Promise<void>): Promise<void> {
    while (!(await this.#call(say))) {
      await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS).unref());
      if (this.#isDropped || performance.now() >= this.#leaseEndsAt) return;
    }
  }

  #renewLater(pauseMs = 0): void {
    const { leaseMs } = this.#token;
    const dueAt = this.#leaseEndsAt - leaseMs + renewalMs(leaseMs, this.#holder.random());
    const now = performance.now();
    const isLast = this.#overAt <= Math.max(dueAt, now + pauseMs);
    const inMs = Math.max(pauseMs, Math.min(dueAt, this.#overAt) - now);
    this.#timer = setTimeout(() => (isLast ? this.#holder.over() : void this.#renew()), inMs).unref();
  }

  async #renew(): Promise<void> {
    const begunAt = performance.now();
    const say = ({ client, taskToken }: ActivityToken) => client.activity.heartbeat(taskToken, this.#holder.details());
    const isSaid = await this.#call(say);
    if (this.#isOver) return;
    if (isSaid) this.#leaseEndsAt = begunAt + this.#token.leaseMs;
    if (performance.now() < this.#leaseEndsAt) this.#renewLater(PAUSE_MS);
    else this.#end();
  }

  /** Whether Temporal accepted the call, or no longer accepts any for this activity. */
  async #call(say: (token: ActivityToken) => Promise<void>): Promise<boolean> {
    const { client, taskToken } = this.#token;
    try {
      await client.withDeadline(Date.now() + CALL_MS, () => say(this.#token));
      return true;
    } catch (error) {
      if (error instanceof ActivityNotFoundError) {
        this.#end();
        return true;
      }
      if (error instanceof ActivityPausedError) return true; // the call was accepted: a pause only holds back the next attempt
      if (error instanceof ActivityResetError) {
        void this.fail(afterReset(this.#holder.random(), this.#holder.details()));
        return true;
      }
      if (!(error instanceof ActivityCancelledError)) return false;
      this.#end();
      const report = () => client.activity.reportCancellation(taskToken);
      await client.withDeadline(Date.now() + CALL_MS, report).catch(() => undefined); // if this fails, the end of the lease shows it
      return true;
    }
  }

  #end(): void {
    this.#stop();
    if (!this.#settled) this.#holder.lost();
  }
}

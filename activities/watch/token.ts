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

/** An activity under way that is completed later, outside the worker's slots. */
export interface ActivityToken {
  client: TemporalClient;
  taskToken: Uint8Array;
  /** How long nothing may be said before Temporal gives the activity to another worker, in milliseconds: its heartbeat time-out. */
  leaseMs: number;
}

/** Longest time for one call to Temporal. */
const CALL_MS = 5_000;

/** Pause after a call that failed. */
const PAUSE_MS = 1_000;

/** A lease is renewed so long before its end, at the longest, and half that at the least: then those that began together do not all come at once. */
const MARGIN_MS = 12_000;

/** When a lease is renewed, in milliseconds from its begin. `random` is from 0 to 1. */
export function renewalMs(leaseMs: number, random: number): number {
  return leaseMs - (Math.min(MARGIN_MS, leaseMs / 4) * (1 + random)) / 2;
}

/** Type of the failure by which a worker gives an activity back to Temporal. */
const HANDED_BACK = 'UnstructuredWatchHandedBack';

/** When another worker takes over what was handed back: late enough that no poll of the worker that stops is there any more. */
const HAND_BACK_DELAY_MS = { shortest: 1_000, longest: 2_000 };

/** A retryable failure, no news for logs and metrics, after which any worker takes the activity over. */
export function handedBack(random: number): ApplicationFailure {
  const { shortest, longest } = HAND_BACK_DELAY_MS;
  return otherFailure(HANDED_BACK, 'The worker that watched the job was stopped: another one takes over', {
    nextRetryDelay: Math.round(shortest + random * (longest - shortest)),
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Who holds a token. */
export interface TokenHolder {
  /** What heartbeats report. */
  details(): unknown;
  /** Called once the activity accepts no more calls: it was cancelled, or Temporal ended it. */
  lost(): void;
  /** Called once the time for which it is held is over. It must be settled then. */
  over(): void;
  /** 0 to 1. */
  random(): number;
}

/**
 * Holds an activity: renews its lease until it is settled, and settles it once. No call that fails loses it: it is repeated until Temporal
 * has taken it, or the lease is over and Temporal gives the activity to another worker by itself.
 */
export class HeldToken {
  readonly #token: ActivityToken;
  readonly #holder: TokenHolder;
  #leaseEndsAt: number;
  readonly #overAt: number;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param forMs How long it is held; one timer serves both, of which a process has thousands */
  constructor(token: ActivityToken, holder: TokenHolder, forMs: number) {
    this.#token = token;
    this.#holder = holder;
    const now = performance.now();
    this.#leaseEndsAt = now + token.leaseMs;
    this.#overAt = now + forMs;
    this.#renewLater();
  }

  complete(answer: unknown): Promise<void> {
    return this.#settle(({ client, taskToken }) => client.activity.complete(taskToken, answer));
  }

  fail(failure: Error): Promise<void> {
    return this.#settle(({ client, taskToken }) => client.activity.fail(taskToken, failure));
  }

  /** Says nothing more to Temporal: the lease ends. */
  letGo(): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
  }

  /** @returns once the first call is over; where it failed, the next ones are made in the background */
  async #settle(say: (token: ActivityToken) => Promise<void>): Promise<void> {
    if (this.#isOver) return;
    this.letGo();
    if (!(await this.#call(say))) this.#timer = setTimeout(() => void this.#repeat(say), PAUSE_MS).unref();
  }

  async #repeat(say: (token: ActivityToken) => Promise<void>): Promise<void> {
    if (performance.now() < this.#leaseEndsAt && !(await this.#call(say)))
      this.#timer = setTimeout(() => void this.#repeat(say), PAUSE_MS).unref();
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

  /** Whether Temporal took the call, or no longer accepts it. */
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
      if (error instanceof ActivityPausedError) return true; // it was heard: a pause holds back the next attempt alone
      if (error instanceof ActivityResetError) {
        void this.fail(handedBack(this.#holder.random())); // so it begins again
        return true;
      }
      if (!(error instanceof ActivityCancelledError)) return false;
      this.#end();
      const report = () => client.activity.reportCancellation(taskToken);
      await client.withDeadline(Date.now() + CALL_MS, report).catch(() => undefined); // else the end of the lease shows it
      return true;
    }
  }

  #end(): void {
    this.letGo();
    this.#holder.lost();
  }
}

import { boundRetryAfter, lengthened } from '../retry-timing';
import type { WaitOptions } from './options';
import { isAbsent, verdictOfState, type WaitState } from './state';

/** What the length of a gap depends on. */
export interface GapInput {
  phase: 'queued' | 'running';
  /** Milliseconds that the job has been in this phase, as far as the wait has seen. */
  elapsedMs: number;
  /** Fixed gap in place of the schedule, in milliseconds. */
  safetyGapMs: number | null;
  /** Whether a hint asked for the last check. If so, the next check comes soon. */
  soon: boolean;
  /** Pause that the service asked for; not yet bounded. */
  retryAfterMs: number | null;
  /** 0 to 1. */
  random: number;
}

type GapOptions = Pick<WaitOptions, 'minimumGap' | 'maximumGap' | 'queuedMaximumGap' | 'gapFraction' | 'gapJitter'>;

/**
 * Milliseconds from the end of one check to the start of the next: `clamp(fraction × elapsed, minimum, maximum) × jitter`, with jitter from 1 to `1 +
 * gapJitter`. The jitter is applied after the bounds, because most gaps are at a bound, so that waits that began together do not stay in step. At
 * first, the wait checks at the minimum gap. Later, it lags by about a tenth of the run time. A service's hint lengthens the gap, within the bounds
 * of `boundRetryAfter`. The same jitter is applied to the hint.
 */
export function gapMs(input: GapInput, options: GapOptions): number {
  const gap = input.soon ? Math.min(options.minimumGap, input.safetyGapMs ?? Infinity) : scheduledGapMs(input, options);
  if (input.retryAfterMs === null) return gap;
  return Math.max(gap, lengthened(boundRetryAfter(input.retryAfterMs), options.gapJitter * input.random));
}

/** The gap by the schedule alone: no hint asked for a check soon, and the service asked for no pause. */
export function scheduledGapMs(
  { phase, elapsedMs, safetyGapMs, random }: Omit<GapInput, 'soon' | 'retryAfterMs'>,
  options: GapOptions,
): number {
  const maximum = phase === 'queued' ? options.queuedMaximumGap : options.maximumGap;
  const gap = safetyGapMs ?? Math.min(maximum, Math.max(options.minimumGap, options.gapFraction * elapsedMs));
  return lengthened(gap, options.gapJitter * random);
}

/** The phase of a job, and how long it has lasted at `at`, as far as the wait has seen. */
export function phaseAt(state: WaitState, at: number): Pick<GapInput, 'phase' | 'elapsedMs'> {
  const phase = verdictOfState(state) === 'queued' || isAbsent(state) ? 'queued' : 'running';
  const since = (phase === 'queued' ? state.queuedSince : state.runningSince) ?? state.startedAt;
  return { phase, elapsedMs: at - since };
}

import { boundRetryAfter } from '../retry-timing';
import type { WaitOptions } from './options';
import { isAbsent, verdictOfState, type WaitState } from './state';

/** What the length of a gap depends on. */
export interface GapInput {
  phase: 'queued' | 'running';
  /** Milliseconds that the job has been in this phase, as far as the wait has seen. */
  elapsedMs: number;
  /** A fixed gap that stands for the schedule, in milliseconds. */
  safetyGapMs: number | null;
  /** The last check was asked for by a hint: look again soon. */
  soon: boolean;
  /** The service asked to wait this long; not yet bounded. */
  retryAfterMs: number | null;
  /** 0 to 1. */
  random: number;
}

type GapOptions = Pick<WaitOptions, 'minimumGap' | 'maximumGap' | 'queuedMaximumGap' | 'gapFraction' | 'gapJitter'>;

/**
 * Milliseconds from the end of one check to the start of the next: `clamp(fraction × elapsed, minimum, maximum) × jitter`, jitter from
 * 1 to `1 + gapJitter`: it comes after the bounds, where most gaps are, so that waits begun together don't stay in step. Early on that is a
 * loop of the minimum gap, later a lag of about a tenth of the run time. A service's hint stretches it, within the bounds of
 * `boundRetryAfter`.
 */
export function gapMs(input: GapInput, options: GapOptions): number {
  const gap = input.soon ? Math.min(options.minimumGap, input.safetyGapMs ?? Infinity) : scheduledGapMs(input, options);
  return input.retryAfterMs === null ? gap : Math.max(gap, boundRetryAfter(input.retryAfterMs));
}

/** The gap by the schedule alone: nobody asked to look soon, nor the service to wait. */
export function scheduledGapMs(
  { phase, elapsedMs, safetyGapMs, random }: Omit<GapInput, 'soon' | 'retryAfterMs'>,
  options: GapOptions,
): number {
  const maximum = phase === 'queued' ? options.queuedMaximumGap : options.maximumGap;
  const gap = safetyGapMs ?? Math.min(maximum, Math.max(options.minimumGap, options.gapFraction * elapsedMs));
  return Math.round(gap * (1 + options.gapJitter * random));
}

/** In which phase a job is, and for how long at `at`, as far as the wait has seen. */
export function phaseAt(state: WaitState, at: number): Pick<GapInput, 'phase' | 'elapsedMs'> {
  const phase = verdictOfState(state) === 'queued' || isAbsent(state) ? 'queued' : 'running';
  const since = (phase === 'queued' ? state.queuedSince : state.runningSince) ?? state.startedAt;
  return { phase, elapsedMs: at - since };
}

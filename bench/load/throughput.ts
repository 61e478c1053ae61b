import type { Pattern } from '../support/patterns';
import { Side, type Place } from './side';

const GAP_MS = 1_000;
const WARM_UP_WAITS = 50;

/** Checks a second of both sides in one run. */
export interface Round {
  ours: number;
  naive: number;
}

export interface ThroughputOptions {
  waits: number;
  /** Checks of each wait. */
  checks: number;
  rounds: number;
}

/**
 * Lets both sides make the same number of checks, by turns, each with a worker of its own that stays up. The order changes with each
 * round, so that what changes over time hits both.
 */
export async function throughput(
  place: Place,
  patterns: { ours: Pattern; naive: Pattern },
  options: ThroughputOptions,
): Promise<Round[]> {
  const { waits, checks, rounds: count } = options;
  await using ours = await Side.start(patterns.ours, place, checks, waits);
  await using naive = await Side.start(patterns.naive, place, checks, waits);
  for (const side of [ours, naive]) await checksPerSecond(side, WARM_UP_WAITS, checks);

  const rounds: Round[] = [];
  for (let i = 0; i < count; i++) {
    const round: Round = { ours: 0, naive: 0 };
    const measureOurs = async () => void (round.ours = await checksPerSecond(ours, waits, checks));
    const measureNaive = async () => void (round.naive = await checksPerSecond(naive, waits, checks));
    for (const measure of i % 2 === 0 ? [measureNaive, measureOurs] : [measureOurs, measureNaive]) await measure();
    rounds.push(round);
  }
  return rounds;
}

/**
 * From the first start to the last result.
 * @throws Error where more or fewer checks were made than asked for: then it is no comparison
 */
export async function checksPerSecond(side: Side, waits: number, checks: number): Promise<number> {
  const { checks: before } = await side.worker.status();
  const begunAt = performance.now();
  const handles = await side.startWaits(waits, GAP_MS);
  await side.results(handles);
  const seconds = (performance.now() - begunAt) / 1_000;
  const made = (await side.worker.status()).checks - before;
  if (made !== waits * checks)
    throw new Error(`${waits} waits by ${side.pattern.name} made ${made} checks instead of ${waits * checks}.`);
  return made / seconds;
}

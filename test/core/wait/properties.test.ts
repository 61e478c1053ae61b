import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ERROR_KINDS, type ErrorKind } from '../../../src/core/errors';
import { RETRY_AFTER_BOUNDS } from '../../../src/core/retry-timing';
import { waitReport, waitResult } from '../../../src/core/wait/report';
import { waitProgress } from '../../../src/core/wait/progress';
import { CHECK_TIMEOUT } from '../../../src/core/wait/decision';
import type { Observation } from '../../../src/core/wait/job-check';
import { DEFAULT_WAIT_OPTIONS, type WaitOptions } from '../../../src/core/wait/options';
import {
  answer,
  DAY,
  error,
  gateway404,
  HOUR,
  jobNotFound,
  jobSummary,
  listOf,
  MINUTE,
  noAnswer,
  nodeFile,
  nodesAt,
  SECOND,
} from '../fixtures';
import { type Reply, type Service, simulate, type Simulation } from '../simulate';

const kinds = fc.constantFrom(...(Object.keys(ERROR_KINDS) as ErrorKind[]));
const milliseconds = (most: number) => fc.oneof(fc.nat(2 * MINUTE), fc.nat(most));
const files = fc.constantFrom(null, listOf([nodeFile('a.pdf')]), listOf([nodeFile('a.pdf'), nodeFile('b.pdf')]));
const unfinished = fc.constantFrom('SCHEDULED', 'IN_PROGRESS', 'PAUSED', '__proto__');

const anyTrouble: fc.Arbitrary<Observation> = fc.oneof(
  fc.constant(noAnswer),
  fc.constant(jobNotFound),
  fc
    .record({ kind: kinds, hint: fc.option(milliseconds(DAY), { nil: undefined }) })
    .map(({ kind, hint }) => error(kind, hint === undefined ? {} : { retryAfterMs: hint })),
);
const anyAnswer = fc
  .record({ status: unfinished, outputNodeFiles: files })
  .map(({ status, outputNodeFiles }) => answer(status, { outputNodeFiles }));
const anyReply: fc.Arbitrary<Reply> = fc.record({
  observation: fc.oneof({ weight: 3, arbitrary: anyAnswer }, anyTrouble),
  takesMs: fc.oneof(fc.nat(5 * SECOND), fc.nat(3 * MINUTE)),
});

/** A finite script; what the last reply says, the service says for ever. */
const anyScript = fc.array(anyReply, { minLength: 1, maxLength: 40 });
const service =
  (script: Reply[]): Service =>
  (_, check) =>
    script[Math.min(check, script.length - 1)]!;

const SAFETY_GAP = 20 * MINUTE;
const anyHints = fc.array(
  fc.record({
    at: milliseconds(HOUR),
    hint: fc.constantFrom({}, { safetyGapMs: null }, { safetyGapMs: SAFETY_GAP }, undefined),
  }),
  { maxLength: 10 },
);
const limit = fc.option(fc.integer({ min: SECOND, max: 2 * HOUR }));
const anyOptions: fc.Arbitrary<Partial<WaitOptions>> = fc.record({
  queueLimit: limit,
  runLimit: limit,
  totalLimit: limit,
  stallLimit: limit,
  minimumGap: fc.integer({ min: SECOND, max: MINUTE }),
  maximumGap: fc.integer({ min: MINUTE, max: HOUR }),
  queuedMaximumGap: fc.integer({ min: MINUTE, max: HOUR }),
  gapFraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
  gapJitter: fc.double({ min: 0, max: 1, noNaN: true }),
  notFoundGrace: fc.nat(10 * MINUTE),
  credentialBudget: fc.nat(2 * HOUR),
  requestErrorBudget: fc.nat(2 * HOUR),
  outageBudget: fc.nat(2 * HOUR),
  unknownStatusBudget: fc.nat(2 * HOUR),
});
const chances = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }));

/** The same chance at the same step, however often it is asked for. */
function chanceOf(stream: Iterator<number>): (step: number) => number {
  const drawn: number[] = [];
  return (step) => {
    while (drawn.length <= step) drawn.push(stream.next().value as number);
    return drawn[step]!;
  };
}

const terminal = fc.constantFrom('COMPLETED', 'FAILED', 'STOPPED');
const anyCount = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3).map((success) => nodesAt(success)) },
  fc.constant({ error: 'UnstructuredServerError: answered 503' }),
  fc.constantFrom({}, { processingStatus: 'IN_PROGRESS', nodeStats: [] }).map((answer) => ({ answer })),
);
/** What the last count brings, each later one brings. */
const anyCounts = fc.array(anyCount, { minLength: 1, maxLength: 20 });
const anySimulation: fc.Arbitrary<Simulation> = fc
  .record({ options: anyOptions, hints: anyHints, chances, script: anyCounts })
  .map(({ options, hints, chances, script }) => {
    const counts: Simulation['counts'] = (_, count) => script[Math.min(count, script.length - 1)]!;
    return { options, hints, counts, random: chanceOf(chances), giveUpAt: 3 * DAY };
  });

it('ends with any finite script that a terminal status follows', () => {
  fc.assert(
    fc.property(anyScript, terminal, anySimulation, (script, status, simulation) => {
      const run = simulate(service([...script, { observation: answer(status), takesMs: 0 }]), simulation);
      expect(run.end).toBeDefined();
    }),
  );
});

it('ends with a total limit, whatever the script says for ever', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, fc.integer({ min: SECOND, max: DAY }), (script, simulation, totalLimit) => {
      const run = simulate(service(script), { ...simulation, options: { ...simulation.options, totalLimit } });
      expect(run.end?.do).toBe('fail');
      expect(run.endedAt).toBeLessThanOrEqual(totalLimit + 2 * CHECK_TIMEOUT.minimumMs);
    }),
  );
});

it('ends where the API fails for ever, and where it says nothing that is known', () => {
  const never: fc.Arbitrary<Observation> = fc.oneof(
    kinds.map((kind) => error(kind)),
    fc.constant(answer('PAUSED')),
  );
  fc.assert(
    fc.property(anyScript, never, anySimulation, (script, observation, simulation) => {
      const run = simulate(service([...script, { observation, takesMs: SECOND }]), simulation);
      expect(run.end).toBeDefined();
    }),
  );
});

/** What a check that fails says, of all kinds that have a budget, and of those that have none of their own. */
const failures: readonly Observation[] = [
  error('authentication', { status: 401 }),
  error('paymentRequired', { status: 402 }),
  error('permission', { status: 403 }),
  error('validation'), // the worker does not know the account
  error('request', { status: 400 }),
  error('request', { status: 410 }),
  error('validation', { status: 422 }),
  error('request', { status: 409 }),
  error('rateLimit', { status: 429 }),
  error('server', { status: 502 }),
  error('connection'),
  gateway404,
];

const aChance = fc.double({ min: 0, max: 1, noNaN: true });

it('ends within the budgets where checks fail in all ways that there are, in any order', () => {
  const budget = fc.oneof(fc.nat(10 * MINUTE), fc.nat(4 * HOUR));
  const budgets = fc.record({ credentialBudget: budget, requestErrorBudget: budget, outageBudget: budget });
  const anyFailure = fc.constantFrom(...failures);
  const others = fc.array(fc.oneof({ weight: 4, arbitrary: anyFailure }, fc.constant(noAnswer)), { maxLength: 5 });
  fc.assert(
    fc.property(anyFailure, others, budgets, aChance, fc.boolean(), (first, rest, options, chance, isSeen) => {
      const turns = [first, ...rest];
      const script: Service = (_, check) => ({
        observation: isSeen && check === 0 ? answer('IN_PROGRESS') : turns[check % turns.length]!,
        takesMs: SECOND,
      });
      const run = simulate(script, { options, random: () => chance, giveUpAt: 2 * DAY });
      expect(run.end?.do).toBe('fail');
      // At least ten checks must fail, which takes sixty where only one in six is answered.
      expect(run.endedAt).toBeLessThanOrEqual(Math.max(...Object.values(options)) + 2 * HOUR);
    }),
  );
});

it('ends within the longest budget where failures alternate with statuses that are not known', () => {
  const turn = fc.oneof(fc.constantFrom(...failures), fc.constant(answer('PAUSED')));
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), fc.nat(4 * HOUR), aChance, (turns, budget, chance) => {
      const options = { outageBudget: budget, credentialBudget: budget, requestErrorBudget: budget };
      const script: Service = (_, check) => ({ observation: turns[check % turns.length]!, takesMs: SECOND });
      const simulation = { options: { ...options, unknownStatusBudget: 5 * HOUR }, random: () => chance };
      const run = simulate(script, { ...simulation, giveUpAt: 2 * DAY });
      expect(run.end?.do).toBe('fail');
      expect(run.endedAt).toBeLessThanOrEqual(8 * HOUR);
    }),
  );
});

const noLimits = { queueLimit: null, runLimit: null, totalLimit: null, stallLimit: null };

it('looks no sooner than the minimum gap after a check, but for the end of the grace', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, (script, simulation) => {
      const options = { ...DEFAULT_WAIT_OPTIONS, ...simulation.options, ...noLimits };
      const { checks } = simulate(service(script), { ...simulation, options, hints: [], giveUpAt: HOUR });
      for (const [i, { begunAt }] of checks.entries()) {
        if (i === 0 || begunAt === options.notFoundGrace) continue;
        expect(begunAt - checks[i - 1]!.endedAt).toBeGreaterThanOrEqual(options.minimumGap);
      }
    }),
  );
});

it('looks no sooner than a second after the begin of a check, however many hints come', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, (script, simulation) => {
      const options = { ...simulation.options, ...noLimits, notFoundGrace: 0 };
      const { checks } = simulate(service(script), { ...simulation, options, giveUpAt: HOUR });
      for (const [i, { begunAt }] of checks.slice(1).entries()) {
        expect(begunAt - checks[i]!.begunAt).toBeGreaterThanOrEqual(SECOND);
      }
    }),
  );
});

it('never sleeps longer than the lengthened maximum, a safety gap or a bounded hint of the service', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, (script, simulation) => {
      const { maximumGap = 0, queuedMaximumGap = 0 } = simulation.options ?? {};
      const longest = 2 * Math.max(maximumGap, queuedMaximumGap, RETRY_AFTER_BOUNDS.maximumMs, SAFETY_GAP);
      for (const { from, until } of simulate(service(script), simulation).sleeps) {
        expect(until).toBeGreaterThan(from);
        expect(until - from).toBeLessThanOrEqual(longest);
      }
    }),
  );
});

it('never sleeps past a deadline, and never gives up on the limit before a check at it', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, fc.integer({ min: SECOND, max: DAY }), (script, simulation, totalLimit) => {
      const run = simulate(service(script), { ...simulation, options: { ...simulation.options, totalLimit } });
      for (const { until } of run.sleeps) expect(until).toBeLessThanOrEqual(totalLimit);
      const failure = run.end?.do === 'fail' ? (run.end.failure.details as { limit?: string } | null) : null;
      if (failure?.limit === 'total') expect(run.checks.at(-1)!.begunAt).toBeGreaterThanOrEqual(totalLimit);
    }),
  );
});

it('ends by a stall where counts that came say so, before a check', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, fc.integer({ min: SECOND, max: DAY }), (script, simulation, stallLimit) => {
      const told: { at: number; stats: unknown }[] = [];
      const counts: Simulation['counts'] = (at, count) => {
        const outcome = simulation.counts!(at, count);
        const stats = (outcome as Partial<ReturnType<typeof nodesAt>>).answer?.nodeStats;
        if (stats?.length) told.push({ at, stats });
        return outcome;
      };
      const run = simulate(service(script), {
        ...simulation,
        counts,
        options: { ...simulation.options, ...noLimits, stallLimit },
      });
      const failure = run.end?.do === 'fail' ? (run.end.failure.details as { limit?: string } | null) : null;
      if (failure?.limit !== 'stall') return;
      const last = told.at(-1)!;
      const others = told.findLastIndex(({ stats }) => JSON.stringify(stats) !== JSON.stringify(last.stats));
      expect(last.at - told[others + 1]!.at).toBeGreaterThanOrEqual(stallLimit);
      expect(run.checks.at(-1)!.begunAt).toBeGreaterThanOrEqual(last.at);
    }),
  );
});

it('counts files no sooner than a minimum gap after they were counted, and after an answer', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, (script, simulation) => {
      const { minimumGap = 0 } = simulation.options ?? {};
      const { counts, checks } = simulate(service(script), simulation);
      for (const [index, at] of counts.entries()) {
        if (index > 0) expect(at - counts[index - 1]!).toBeGreaterThanOrEqual(Math.min(MINUTE, minimumGap));
        expect(checks.findLast(({ endedAt, outcome }) => endedAt <= at && outcome === 'answer')).toBeDefined();
      }
    }),
  );
});

it('does not show that it continued as new, at whatever steps', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, fc.func(fc.boolean()), (script, simulation, continuesAsNew) => {
      const through = simulate(service(script), { ...simulation, giveUpAt: 12 * HOUR });
      const carried = simulate(service(script), { ...simulation, giveUpAt: 12 * HOUR, continuesAsNew });
      expect(carried).toEqual(through);
    }),
  );
});

it('does in a replay what it did, whatever chance says then', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, chances, fc.func(fc.boolean()), (script, simulation, others, continues) => {
      const first = simulate(service(script), { ...simulation, continuesAsNew: continues, giveUpAt: 12 * HOUR });
      const replay = { ...simulation, random: chanceOf(others), wakes: first.wakes };
      const again = simulate(service(script), { ...replay, continuesAsNew: continues, giveUpAt: 12 * HOUR });
      const { checks, counts, wakes, end, endedAt } = again;
      expect({ checks, counts, wakes, end, endedAt }).toEqual({
        checks: first.checks,
        counts: first.counts,
        wakes: first.wakes,
        end: first.end,
        endedAt: first.endedAt,
      });
    }),
  );
});

it('is plain JSON throughout: state, progress, result, account and failure', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, (script, simulation) => {
      const { state, end, endedAt } = simulate(service(script), { ...simulation, giveUpAt: HOUR });
      const job = jobSummary('COMPLETED');
      const seen = [
        state,
        waitProgress(state, endedAt, 'sleeping'),
        waitResult(state, job, endedAt),
        waitReport(state, endedAt),
        end?.do === 'fail' ? end.failure : null,
      ];
      expect(JSON.parse(JSON.stringify(seen))).toStrictEqual(seen);
    }),
  );
});

it('counts each check and each failure once', () => {
  fc.assert(
    fc.property(anyScript, anySimulation, (script, simulation) => {
      const { checks, state } = simulate(service(script), { ...simulation, giveUpAt: 12 * HOUR });
      const failed = checks.filter(({ outcome }) => outcome !== 'answer');
      expect(state.checks).toBe(checks.length);
      expect(state.answers).toBe(checks.filter(({ outcome }) => outcome === 'answer').length);
      expect(Object.values(state.failures).reduce((sum, count) => sum + count, 0)).toBe(failed.length);
      expect(state.queuedMs + state.runningMs).toBeLessThanOrEqual(checks.at(-1)?.endedAt ?? 0);
    }),
  );
});

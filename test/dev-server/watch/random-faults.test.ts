// Many waits, each with another fault of the API on its way, and a worker that is replaced: each ends as its job does.
import { expect, test } from 'vitest';
import { type AwaitJobHandle, checkNow, unstructuredFailure } from '../../../src';
import { type FakeJob, type FaultRule, faults } from '../../../src/testing';
import { randomFrom } from '../../support/random';
import { useDevServer } from '../support/dev-server';
import { held, QUICK, WATCH } from '../support/watching';

const { withApi } = useDevServer({ watch: WATCH });

const WAITS = 200;

type Random = (below: number) => number;
type FakeJobAnswers = Parameters<FakeJob['setAnswers']>[0];

/** What is wrong with one job's answers for a while; the list may leave it out, too. */
const FAULTS: [what: string, rules: (random: Random, job: FakeJob) => FaultRule[], answers?: FakeJobAnswers][] = [
  ['nothing', () => []],
  ['a server error', (random) => [[{ from: 2, to: 3 + random(8) }, faults.status(503)]]],
  ['a proxy page', (random) => [[{ from: 2, to: 3 + random(4) }, faults.html()]]],
  ['a rate limit', (random) => [[{ from: 1, to: 1 + random(3) }, faults.rateLimit({ retryAfter: 1 })]]],
  // One that is refused before the first answer ends a wait at once, and one answer may be lost with the worker that is replaced.
  ['a refused key', (_, job) => [[{ times: 2, test: () => job.requests.filter(isOk).length > 1 }, faults.status(401)]]],
  ['no such job', () => [[2, faults.status(404)]]],
  ['a reset', (random) => [[{ every: 2 + random(3) }, faults.reset()]]],
  ['half an answer', (random) => [[{ from: 2, to: 3 + random(3) }, faults.truncate()]]],
  ['a slow answer', () => [[{ every: 2 }, faults.delay('2 seconds')]]],
  [
    'a status that nobody knows',
    (random) => [[{ from: 2, to: 3 + random(3) }, faults.patch({ set: { status: 'PAUSED' } })]],
  ],
  ['the answer of another job', () => [[2, faults.wrongJob()]]],
  ['no end', () => [[2, faults.hang()]]],
  ['a list that lags', () => [], { listLag: '1 minute' }],
];

const isOk = ({ status }: FakeJob['requests'][number]) => status === 200;

/** How jobs end, and what that is for a wait. */
const ENDS = { COMPLETED: 'COMPLETED', FAILED: 'UnstructuredJobFailedError', STOPPED: 'UnstructuredJobStoppedError' };

test.runIf(process.env['WATCHES'] === 'all')(
  `of ${WAITS} waits with a random fault each, none is lost`,
  { timeout: 600_000 },
  async () => {
    await withApi(async ({ api, start, startWorker }) => {
      const first = await startWorker({ shutdownGraceTime: '10 seconds' });
      const next = randomFrom(20_261_130);
      const random: Random = (below) => Math.floor(next() * below);
      const waits = Array.from({ length: WAITS }, (_, n) => {
        const [what, rules, answers] = FAULTS[n % FAULTS.length]!;
        const end = (['COMPLETED', 'COMPLETED', 'FAILED', 'STOPPED'] as const)[random(4)]!;
        const job = api.addJob({ timeline: [['IN_PROGRESS', n === 0 ? '20s' : `${3 + random(20)}s`], [end]] });
        job.addFaults(rules(random, job));
        if (answers) job.setAnswers(answers);
        return { what, end, job };
      });
      const handles = await Promise.all(waits.map(({ job }) => start(job, QUICK)));
      await handles[random(WAITS)]!.signal(checkNow);
      await held(handles[0]!);
      await first.stop();
      await startWorker();
      const ended = await Promise.all(handles.map((handle) => endOf(handle)));
      expect(ended.map((end, n) => [waits[n]!.what, end])).toEqual(waits.map(({ what, end }) => [what, ENDS[end]]));
    });
  },
);

async function endOf(handle: AwaitJobHandle): Promise<string | undefined> {
  try {
    return (await handle.result()).job.status;
  } catch (error) {
    return unstructuredFailure(error)?.type;
  }
}

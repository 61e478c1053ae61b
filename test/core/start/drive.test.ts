// The driver of a start: what is asked in which order, for how long, and what a cancellation ends.
import { expect, test } from 'vitest';
import { driveStart, type StartPort, type StartUnderWay } from '../../../src/core/start/drive';
import type { ListJobsInput } from '../../../src/core/start/job-list';
import { DEFAULT_START_OPTIONS } from '../../../src/core/start/options';
import { beginStart } from '../../../src/core/start/state';
import { HOUR, MINUTE, SECOND, START } from '../fixtures';
import {
  carriable,
  job,
  listOfJobs,
  ON_DEMAND,
  rateLimited,
  RUN,
  startedAnswer,
  TOKEN,
  uncertain,
  WORKFLOW_ID,
} from './fixtures';

class Cancelled extends Error {}
const lost = { failed: uncertain, seen: { earlierJobIds: null } };
const refused = { failed: rateLimited(), seen: { earlierJobIds: null } };

/** A world in which time passes by sleeping alone, and that notes what it is asked. */
function world(more: Partial<StartPort> = {}) {
  const asked: string[] = [];
  const limits: number[] = [];
  const clock = { at: START, cancelledAt: Infinity };
  const pass = (ms: number) => {
    clock.at = Math.min(clock.at + ms, Math.max(clock.at, clock.cancelledAt));
    if (clock.at >= clock.cancelledAt) throw new Cancelled();
  };
  const port: StartPort = {
    now: () => clock.at,
    random: () => 0,
    send: () => Promise.resolve({ answer: startedAnswer('j1') }),
    list: () => Promise.resolve(listOfJobs([])),
    sleep(ms) {
      pass(ms);
      return Promise.resolve();
    },
    isCancelled: () => clock.at >= clock.cancelledAt,
    isCancellation: (error) => error instanceof Cancelled,
    async shielded(step) {
      const { cancelledAt } = clock;
      clock.cancelledAt = Infinity;
      await step();
      clock.cancelledAt = cancelledAt;
    },
    ...more,
  };
  const noting: StartPort = {
    ...port,
    list(query: ListJobsInput, limitMs) {
      asked.push(query.status ?? 'all');
      limits.push(limitMs);
      return port.list(query, limitMs);
    },
  };
  return { port: noting, clock, asked, limits };
}

function begin(more: Partial<StartUnderWay> = {}): StartUnderWay {
  const uploads = [{ ref: 'file:///a.pdf', uploadName: `${TOKEN}-0-a.pdf` }];
  const state = beginStart(TOKEN);
  return carriable({
    jobToStart: ON_DEMAND,
    uploads,
    options: DEFAULT_START_OPTIONS,
    state,
    begunAt: START,
    activity: 'sleeping',
    ...more,
  });
}

test('the jobs before it are asked for with a run without documents alone', async () => {
  const requests: unknown[] = [];
  const { port } = world({
    send: (request) => Promise.resolve((requests.push(request), { answer: startedAnswer('j1') })),
  });
  await driveStart(begin(), port);
  await driveStart(begin({ jobToStart: RUN }), port);
  await driveStart(begin({ jobToStart: RUN, uploads: [] }), port);
  expect(requests.map((request) => (request as { listJobsSince?: string }).listJobsSince)).toEqual([
    undefined,
    undefined,
    '2025-12-31T23:59:00.000Z',
  ]);
});

test('what was there before it is kept with a start that is uncertain', async () => {
  const { port } = world({
    send: () => Promise.resolve({ failed: uncertain, seen: { earlierJobIds: ['other'] } }),
    list: () => Promise.resolve(listOfJobs([job('other'), job('j1')])),
  });
  const end = await driveStart(begin({ jobToStart: { workflowId: WORKFLOW_ID }, uploads: [] }), port);
  expect(end).toMatchObject({ startedJob: { how: 'found', job: { id: 'j1' } } });
});

test('queued jobs are listed before running ones, and one list that fails ends the look', async () => {
  let fails = true;
  const { port, asked } = world({
    send: () => Promise.resolve(lost),
    list: () => Promise.resolve(fails ? ((fails = false), null) : listOfJobs([])),
  });
  expect(await driveStart(begin(), port)).toMatchObject({ failure: { type: 'UnstructuredStartUncertainError' } });
  expect(asked.slice(0, 5)).toEqual(['SCHEDULED', 'SCHEDULED', 'IN_PROGRESS', 'SCHEDULED', 'IN_PROGRESS']);
});

test('a list may take 5 minutes; after a cancellation what is left of the confirm limit, and 10 s at least', async () => {
  const options = { ...DEFAULT_START_OPTIONS, confirmLimit: MINUTE };
  const { port, clock, limits } = world({ send: () => Promise.resolve(lost), list: () => Promise.resolve(null) });
  clock.cancelledAt = START + 40 * SECOND;
  expect(await driveStart(begin({ options }), port)).toBe('cancelled');
  expect(limits).toEqual([5 * MINUTE, 5 * MINUTE, 40 * SECOND, 10 * SECOND]);
  expect(clock.at).toBe(START + 40 * SECOND + MINUTE);
});

test('a cancellation ends a look that is under way, and the search goes on within its limit', async () => {
  let looks = 0;
  const { port, clock } = world({
    send: () => Promise.resolve(lost),
    list() {
      if (++looks > 1) return Promise.resolve(listOfJobs([]));
      clock.cancelledAt = clock.at;
      return Promise.reject(new Cancelled());
    },
  });
  const start = begin();
  expect(await driveStart(start, port)).toBe('cancelled');
  expect(start.state.uncertain).toMatchObject({ cancelledAt: START, searches: 6 });
});

test.each(['send', 'sleep'] as const)('a cancellation before anything is sent ends it: during a %s', async (step) => {
  const { port, clock } = world({
    send() {
      if (step === 'sleep')
        return Promise.resolve({
          failed: { type: 'noAnswer', timeoutType: 'SCHEDULE_TO_START' },
          seen: { earlierJobIds: null },
        });
      clock.cancelledAt = clock.at;
      return Promise.resolve('cancelled');
    },
  });
  if (step === 'sleep') clock.cancelledAt = START + SECOND;
  const end = driveStart(begin(), port);
  if (step === 'sleep') await expect(end).rejects.toBeInstanceOf(Cancelled);
  else expect(await end).toBe('cancelled');
});

test('an error of the code is no cancellation', async () => {
  const { port } = world({
    send: () => Promise.resolve(lost),
    list: () => Promise.reject(new TypeError('a bug')),
  });
  await expect(driveStart(begin(), port)).rejects.toThrow('a bug');
});

test.each([
  ['longer', [0, 1]],
  ['shorter', [1, 0]],
])('a pause is planned once, also where chance would make it %s later', async (_, chances) => {
  const sent: number[] = [];
  const slept: number[] = [];
  const { port, clock } = world({
    random: () => chances[Math.min(slept.length, 1)]!,
    send: () => Promise.resolve((sent.push(clock.at), sent.length > 1 ? { answer: startedAnswer('j1') } : refused)),
    sleep: (ms) => Promise.resolve(void (slept.push(ms), (clock.at += ms))),
  });
  expect(await driveStart(begin(), port)).toMatchObject({ startedJob: { how: 'answered' } });
  expect(slept).toEqual([chances[0] === 0 ? 2_000 : 2_200]);
  expect(sent[1]).toBe(START + slept[0]!);
});

test('a timer is the plan, also where it was set for another time, as in a replay', async () => {
  const answers = [refused, refused, { answer: startedAnswer('j1') }];
  const times = [START + SECOND, START + HOUR];
  const { port, clock } = world({
    send: () => Promise.resolve(answers.shift()!),
    sleep: () => Promise.resolve(void (clock.at = times.shift()!)),
  });
  expect(await driveStart(begin(), port)).toMatchObject({ startedJob: { how: 'answered' } });
  expect(times).toEqual([]);
});

test('a plan is carried, and so is that its timer fired', async () => {
  const states: unknown[] = [];
  const { port } = world({
    send: () => Promise.resolve(states.length > 2 ? { answer: startedAnswer('j1') } : refused),
    beforeStep: () => Promise.resolve(void states.push(start.state.nextStepAt)),
  });
  const start = begin();
  await driveStart(start, port);
  expect(states).toEqual([undefined, START + 2 * SECOND, START + 2 * SECOND]);
});

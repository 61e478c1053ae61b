// The process looks at all watched jobs of an account together: what it asks, what it believes, and whom it tells.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WatchCallOptions, WatchPort } from '../../../activities/watch/watch-port';
import { WatchedJobs } from '../../../activities/watch/watched-jobs';
import { createUnstructuredError, type ErrorKind } from '../../../src/core/errors';
import type { Job } from '../../../src/core/job';
import { type Said, stubClient } from './support';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const TICK_MS = 10_000;
const HOUR_MS = 3_600_000;

/** What the server's clock says as a job is added at 0. */
const SERVER_AT = Date.UTC(2026, 0, 1);

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function jobOf(id: string, status: string): Job {
  const none = { workflowId: null, workflowName: null, createdAt: null, runtime: null, jobType: null };
  return { id, status, ...none, inputFileIds: null, outputNodeFiles: [{ nodeId: 'n', fileId: `${id}.pdf` }] };
}

/** An API with jobs by status, and a log of what it was asked. */
class StubApi implements WatchPort {
  readonly statuses = new Map<string, string>();
  readonly calls: string[] = [];
  takesMs = 1;
  /** How long the list takes; by default as long as a call for one job. */
  listTakesMs: number | undefined;
  /** How long a request waits for its turn before it goes out. */
  turnMs = 0;
  /** What a call fails with; by default nothing. */
  fails: (call: string) => Error | undefined = () => undefined;
  /** What the list of a status holds; by default what is so. */
  list: (status: string) => Job[] = (status) =>
    [...this.statuses].filter(([, of]) => of === status).map(([id, of]) => jobOf(id, of));

  getJob: WatchPort['getJob'] = (id, options) =>
    this.#answer(`get ${id}`, options, () => jobOf(id, this.statuses.get(id) ?? 'COMPLETED'));

  listJobs: WatchPort['listJobs'] = ({ status }, options) =>
    this.#answer(`list ${status}`, options, () => ({ jobs: this.list(status) }));

  /** What was asked since the last time, by its kind. */
  asked(): { lists: string[]; gets: number } {
    const calls = this.calls.splice(0);
    return {
      lists: calls.filter((call) => call.startsWith('list ')).map((call) => call.slice(5)),
      gets: calls.filter((call) => call.startsWith('get ')).length,
    };
  }

  async #answer<T>(call: string, { onSending }: WatchCallOptions = {}, answer: () => T): Promise<T> {
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    if (this.turnMs > 0) await pause(this.turnMs);
    onSending?.();
    this.calls.push(call);
    const isList = call.startsWith('list');
    const answered = isList ? answer() : undefined; // what is so as the request comes in
    await pause((isList && this.listTakesMs) || this.takesMs);
    const error = this.fails(call);
    if (error) throw error;
    return answered ?? answer();
  }
}

function watching(random = () => 0) {
  const api = new StubApi();
  const { client, said } = stubClient();
  const jobs = new WatchedJobs(() => api, { tickMs: TICK_MS, random });
  let waits = 0;
  const add = (
    count: number,
    status = 'IN_PROGRESS',
    { gapMs = TICK_MS, forMs = 24 * HOUR_MS, of = client, closeMs = Infinity } = {},
  ) =>
    Array.from({ length: count }, () => {
      const jobId = idOf(++waits);
      if (!api.statuses.has(jobId)) api.statuses.set(jobId, status);
      const request = { jobId, status, forMs, gapMs, held: {}, files: 'all' as const, maxResultBytes: 100_000 };
      jobs.add(
        request,
        { client: of, taskToken: Buffer.from(jobId), leaseMs: 600_000, scheduledAt: SERVER_AT, closeMs },
        forMs,
      );
      return jobId;
    });
  const ends = () => said.filter(({ call }) => call !== 'heartbeat');
  return { api, jobs, add, said, ends, client };
}

const tick = (count = 1) => vi.advanceTimersByTimeAsync(count * (TICK_MS + 500));
const answerOf = ({ value }: Said) => value as { check: { job: Job } | null; seenAt: number | null };
const errorOf = (kind: ErrorKind, retryAfterMs?: number) =>
  createUnstructuredError(`${kind} it is`, { kind, ...(retryAfterMs !== undefined && { retryAfterMs }) });

describe('a round', () => {
  it('of up to three jobs asks for each by itself', async () => {
    const { api, add } = watching();
    add(3);
    await tick();
    expect(api.asked()).toEqual({ lists: [], gets: 3 });
    await tick();
    expect(api.asked()).toEqual({ lists: [], gets: 3 });
  });

  it('of more asks for one list of each status that they are known to have', async () => {
    const { api, add, ends } = watching();
    add(100);
    add(50, 'SCHEDULED');
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS', 'SCHEDULED'], gets: 0 });
    add(2, 'PAUSED');
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS', 'SCHEDULED'], gets: 2 });
    expect(ends()).toEqual([]);
  });

  it('asks for a job that the list does not have, and tells the wait what it became, with its files', async () => {
    const { api, add, ends } = watching();
    const [first, second] = add(10);
    await tick();
    api.statuses.set(first!, 'COMPLETED');
    api.statuses.set(second!, 'SCHEDULED');
    api.asked();
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 2 });
    expect(ends().map(({ call, token }) => [call, token])).toEqual([
      ['complete', first],
      ['complete', second],
    ]);
    const { check, seenAt } = answerOf(ends()[0]!);
    expect(check).toMatchObject({ job: { id: first, status: 'COMPLETED' }, outputNodeFiles: { total: 1 } });
    expect(seenAt).toBe(SERVER_AT + TICK_MS);
  });

  it('does not tell when the job was seen before, where no round saw it', async () => {
    const { api, add, ends } = watching();
    const [id] = add(1);
    api.statuses.set(id!, 'FAILED');
    await tick();
    expect(answerOf(ends()[0]!)).toMatchObject({ check: { job: { status: 'FAILED' } }, seenAt: null });
  });

  it('asks once for a job that two waits have watched, and tells each what is new to it', async () => {
    const { api, jobs, ends, client } = watching();
    const jobId = idOf(1);
    api.statuses.set(jobId, 'IN_PROGRESS');
    for (const status of ['SCHEDULED', 'IN_PROGRESS', 'SCHEDULED']) {
      const request = {
        jobId,
        status,
        forMs: HOUR_MS,
        gapMs: TICK_MS,
        held: {},
        files: 'all' as const,
        maxResultBytes: 100_000,
      };
      jobs.add(
        request,
        { client, taskToken: Buffer.from(status), leaseMs: 600_000, scheduledAt: SERVER_AT, closeMs: Infinity },
        HOUR_MS,
      );
    }
    await tick();
    expect(api.asked().gets).toBe(1);
    expect(ends().map(({ token }) => token)).toEqual(['SCHEDULED', 'SCHEDULED']);
  });

  it('asks no more often for a job by itself than the wait’s shortest gap, and believes a list at any time', async () => {
    const { api, add } = watching();
    add(1, 'IN_PROGRESS', { gapMs: HOUR_MS });
    await tick(300);
    expect(api.asked().gets).toBe(0);
    await tick(60);
    expect(api.asked().gets).toBe(1);
    add(4);
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 0 });
  });

  it('asks for one that was not asked for longest, a minute at least, and sees so that a list is out of date', async () => {
    const { api, add, ends } = watching();
    const [id] = add(5);
    api.list = () => Array.from({ length: 5 }, (_, n) => jobOf(idOf(n + 1), 'IN_PROGRESS'));
    api.statuses.set(id!, 'COMPLETED');
    await tick(5);
    expect(api.asked().gets).toBe(0);
    await tick(6);
    expect(ends().map(({ token }) => token)).toEqual([id]);
    expect(api.asked().gets).toBeLessThanOrEqual(6);
  });

  it('asks for each job by itself after ten minutes, whatever the list says, and for few of them at a time', async () => {
    const { api, add } = watching();
    add(200);
    await tick(55);
    expect(api.asked().gets).toBeLessThan(60);
    const asked = new Set<string>();
    for (let round = 0; round < 60; round++) {
      await tick();
      const gets = api.calls.splice(0).filter((call) => call.startsWith('get'));
      expect(gets.length).toBeLessThanOrEqual(2 * 5); // so many in a tick of one round, or two
      for (const get of gets) asked.add(get);
    }
    expect(asked.size).toBeGreaterThan(190);
  });

  it.each([
    ['that confirm the list', { takesMs: 400, turnMs: 0 }, 9],
    ['that wait for their turn', { takesMs: 1, turnMs: 3_000 }, 5],
  ])('keeps its pace with calls %s', async (_, times, roundsIn2Minutes) => {
    const { api, add } = watching();
    add(400);
    Object.assign(api, times);
    for (let minutes = 0; minutes < 30; minutes += 2) {
      await vi.advanceTimersByTimeAsync(120_000);
      expect(api.asked().lists.length).toBeGreaterThanOrEqual(roundsIn2Minutes);
    }
  });

  it('is as far from the next as twenty times its own length', async () => {
    const { api, add } = watching();
    add(80, 'PAUSED');
    api.takesMs = 200;
    api.list = () => [];
    api.fails = (call) => (call.startsWith('list') ? errorOf('server') : undefined);
    await tick(); // the list that fails, and five calls one after another in each of eight lanes: 1.2 s
    await vi.advanceTimersByTimeAsync(1_200);
    expect(api.asked().gets).toBe(40);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(api.asked()).toEqual({ lists: [], gets: 0 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(api.asked().gets).toBeGreaterThan(0);
  });

  it('comes no later where many jobs have changed: each of them is asked for once', async () => {
    const { api, add, ends } = watching();
    const ids = add(80);
    api.takesMs = 400;
    await tick();
    for (const id of ids.slice(0, 60)) api.statuses.set(id, 'COMPLETED');
    await tick(); // the list and eight calls one after another in each of eight lanes: 3.6 s
    await vi.advanceTimersByTimeAsync(4_000);
    expect(ends()).toHaveLength(60);
    api.asked();
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 0 });
  });

  it('is no further from the next than two minutes, however long it takes', async () => {
    const { api, add } = watching();
    add(800, 'PAUSED');
    api.takesMs = 200;
    api.list = () => [];
    await tick(); // the list, and a hundred calls one after another in each of eight lanes: 20.2 s
    await vi.advanceTimersByTimeAsync(20_500);
    expect(api.asked().gets).toBe(800);
    await vi.advanceTimersByTimeAsync(118_000);
    expect(api.asked()).toEqual({ lists: [], gets: 0 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(api.asked().lists).toEqual(['PAUSED']);
  });

  it('is up to a tenth later at random, so that processes do not stay in step', async () => {
    const { api, add } = watching(() => 1);
    add(1);
    const asked = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return api.asked().gets;
    };
    expect([await asked(10_999), await asked(1), await asked(10_999), await asked(2)]).toEqual([0, 1, 0, 1]);
  });

  it('comes as soon with a list that does not pay as without one', async () => {
    const { api, add } = watching();
    add(4);
    Object.assign(api, { takesMs: 100, listTakesMs: 5_000 });
    const begunAt: number[] = [];
    for (; Date.now() < HOUR_MS; await vi.advanceTimersByTimeAsync(500))
      if (api.calls.splice(0).length > 0) begunAt.push(Date.now());
    const apart = begunAt.map((at, round) => at - (begunAt[round - 1] ?? 0));
    expect(Math.max(...apart)).toBeLessThanOrEqual(20_000);
  });

  it('is as far from the next as the calls for each job would be that a slow list spares', async () => {
    const { api, add } = watching();
    add(400);
    Object.assign(api, { takesMs: 50, listTakesMs: 4_000 }); // 400 calls in eight lanes: 2.5 s, and a pause of 50 s
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    api.asked();
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    expect(api.asked().lists.length).toBeGreaterThanOrEqual(20);
  });

  it('is none while nothing is watched, and begins again with the next job', async () => {
    const { api, add } = watching();
    const [id] = add(1);
    api.statuses.set(id!, 'COMPLETED');
    await tick(3);
    expect(vi.getTimerCount()).toBe(0);
    api.asked();
    add(1);
    await tick();
    expect(api.asked().gets).toBe(1);
  });
});

describe('a list', () => {
  it.each<[string, (status: string, n: number) => Job[]]>([
    ['is empty', () => []],
    ['ignores its filter, and has the jobs with another status', (_, n) => [jobOf(idOf(n), 'COMPLETED')]],
    ['has none of them', () => [jobOf(idOf(999), 'IN_PROGRESS')]],
  ])('that %s costs calls, and tells nothing wrong', async (_, entries) => {
    const { api, add, ends } = watching();
    add(6);
    api.list = (status) => Array.from({ length: 6 }, (__, n) => entries(status, n + 1)).flat();
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 6 });
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 6 });
    await tick();
    expect(api.asked()).toEqual({ lists: [], gets: 6 }); // it is not believed for a while
    expect(ends()).toEqual([]);
  });

  it('that a job leaves right after it, in each round, is trusted', async () => {
    const { api, add, ends } = watching();
    add(40);
    const { list } = api;
    api.list = (status) => {
      const listed = list(status);
      api.statuses.set(listed[0]!.id, 'COMPLETED'); // the one that the round confirms
      return listed;
    };
    await tick(7);
    api.asked();
    await tick(20);
    expect(api.asked().lists.length).toBeGreaterThanOrEqual(20);
    expect(ends().length).toBeGreaterThan(20);
  });

  it('that stays as it was is believed no more, once two rounds in a row saw that', async () => {
    const { api, add } = watching();
    const ids = add(20);
    const old = ids.map((id) => jobOf(id, 'IN_PROGRESS'));
    api.list = () => old;
    for (const id of ids) api.statuses.set(id, 'COMPLETED');
    await tick(12);
    expect(api.asked().lists.length).toBeGreaterThan(5);
    await tick(6);
    expect(api.asked().lists).toEqual([]);
  });

  it('that writes ids in capitals is understood', async () => {
    const { api, jobs, client, ends } = watching();
    const ids = Array.from({ length: 5 }, (_, n) => `abcdefab-0000-4000-8000-00000000000${n}`);
    for (const jobId of ids) {
      const request = {
        jobId,
        status: 'IN_PROGRESS',
        forMs: HOUR_MS,
        gapMs: TICK_MS,
        held: {},
        files: 'all' as const,
        maxResultBytes: 100_000,
      };
      jobs.add(
        request,
        { client, taskToken: Buffer.from(jobId), leaseMs: 600_000, scheduledAt: SERVER_AT, closeMs: Infinity },
        HOUR_MS,
      );
    }
    api.list = () => ids.map((id) => jobOf(id.toUpperCase(), 'IN_PROGRESS'));
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 0 });
    expect(ends()).toEqual([]);
  });

  it('that fails is replaced by single calls, and from the third time on for a minute', async () => {
    const { api, add, ends } = watching();
    const [id] = add(6);
    api.fails = (call) => (call.startsWith('list') ? errorOf('server') : undefined);
    api.statuses.set(id!, 'COMPLETED');
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 6 });
    expect(ends().map(({ token }) => token)).toEqual([id]);
    await tick(2);
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS', 'IN_PROGRESS'], gets: 10 });
    await tick();
    expect(api.asked()).toEqual({ lists: [], gets: 5 });
    await tick(6);
    expect(api.asked().lists).toEqual(['IN_PROGRESS']);
  });

  it.each([
    ['rateLimit', 0],
    ['server', 40],
    ['connection', 40],
  ] as const)('that fails once (%s) has few jobs asked for in its place', async (kind, gets) => {
    const { api, add, ends } = watching();
    add(1_000);
    let failures = 1;
    api.fails = (call) => (call.startsWith('list') && failures-- > 0 ? errorOf(kind, 5_000) : undefined);
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets });
    await tick();
    expect(api.asked()).toEqual({ lists: ['IN_PROGRESS'], gets: 0 });
    expect(ends()).toEqual([]);
  });

  it('that is refused for minutes, again and again, ends no watch', async () => {
    const { api, add, ends } = watching();
    add(100);
    api.fails = (call) => (call.startsWith('list') && Date.now() < 800_000 ? errorOf('rateLimit', 300_000) : undefined);
    await vi.advanceTimersByTimeAsync(1_200_000);
    expect(ends()).toEqual([]);
  });
});

it('a list may take a minute, and a call for one job 20 seconds, if the time-outs of the account allow it', async () => {
  const { api, add } = watching();
  const [lists, gets] = [vi.spyOn(api, 'listJobs'), vi.spyOn(api, 'getJob')];
  add(4);
  add(1, 'PAUSED');
  await tick();
  const timesOf = ({ mock }: { mock: { calls: unknown[][] } }) =>
    mock.calls.map(([, options]) => (options as WatchCallOptions).timeoutMs);
  expect([timesOf(lists), timesOf(gets)]).toEqual([[60_000], [20_000]]);
});

describe('an overload that the list meets', () => {
  it('ends no watch, since no job was asked for, and does not count against the list', async () => {
    const { api, add, ends } = watching();
    add(100);
    api.fails = (call) => (call.startsWith('list') ? errorOf('rateLimit', 1_000) : undefined);
    await tick(20);
    expect(ends()).toEqual([]);
    const { lists, gets } = api.asked();
    expect(lists.length).toBeGreaterThanOrEqual(20);
    expect(gets).toBe(0);
  });
});

describe('an API that fails', () => {
  it('ends the watches with its typed failure after three rounds in a row, and calls little until then', async () => {
    const { api, add, ends } = watching();
    add(100);
    api.fails = () => errorOf('server');
    await tick(2);
    expect(ends()).toEqual([]);
    await tick();
    expect(ends()).toHaveLength(100);
    for (const { call, value } of ends()) {
      expect(call).toBe('fail');
      expect(value).toMatchObject({ type: 'UnstructuredServerError', nonRetryable: true, category: 'BENIGN' });
    }
    const { gets } = api.asked();
    expect(gets).toBeLessThan(50); // a round is given up after some failures in a row
  });

  it('is forgiven two rounds', async () => {
    const { api, add, ends } = watching();
    add(2);
    const bad = () => errorOf('connection');
    for (const fails of [bad, bad, () => undefined, bad, bad, () => undefined]) {
      api.fails = fails;
      await tick();
    }
    expect(ends()).toEqual([]);
  });

  it('is forgiven two rounds after each that finds the job on the list', async () => {
    const { api, add, ends } = watching();
    add(6);
    const bad = () => errorOf('server');
    for (const fails of [bad, bad, () => undefined, bad, bad, () => undefined]) {
      api.fails = fails;
      api.asked();
      await tick();
    }
    expect(api.asked().lists).toEqual(['IN_PROGRESS']);
    expect(ends()).toEqual([]);
  });

  it('pauses the set for five minutes at most, whatever it says', async () => {
    const { api, add } = watching();
    add(1);
    api.fails = () => errorOf('rateLimit', HOUR_MS);
    await vi.advanceTimersByTimeAsync(TICK_MS + 1);
    expect(api.asked().gets).toBe(1);
    await vi.advanceTimersByTimeAsync(299_000);
    expect(api.asked().gets).toBe(0);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(api.asked().gets).toBe(1);
  });

  it('pauses the whole set where it says that there are too many calls, for as long as it says', async () => {
    const { api, add, ends } = watching();
    add(100, 'PAUSED');
    api.fails = () => errorOf('rateLimit', 120_000);
    api.list = () => [];
    await tick();
    const { lists, gets } = api.asked();
    expect(lists.length + gets).toBeLessThan(10);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(api.asked()).toEqual({ lists: [], gets: 0 });
    api.fails = () => undefined;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(new Set(api.calls.filter((call) => call.startsWith('get'))).size).toBe(100);
    expect(ends()).toEqual([]);
  });

  it('is not hammered where it never stops to say so: the waits take over after ten rounds', async () => {
    const { api, add, ends } = watching();
    add(1);
    api.fails = () => errorOf('rateLimit', 1_000);
    await tick(9);
    expect(ends()).toEqual([]);
    await tick();
    expect(ends()).toMatchObject([{ call: 'fail', value: { type: 'UnstructuredRateLimitError' } }]);
  });

  it.each<[ErrorKind, string]>([
    ['authentication', 'UnstructuredAuthenticationError'],
    ['permission', 'UnstructuredPermissionError'],
    ['paymentRequired', 'UnstructuredPaymentRequiredError'],
  ])('and refuses the account (%s) ends all watches at once, by few calls', async (kind, type) => {
    const { api, add, ends } = watching();
    add(100);
    api.fails = () => errorOf(kind);
    await tick();
    expect(ends()).toHaveLength(100);
    expect(new Set(ends().map(({ value }) => (value as { type: string }).type))).toEqual(new Set([type]));
    expect(api.asked().gets).toBeLessThan(10);
  });

  it('for one job alone ends that watch alone, at once where it would not pass', async () => {
    const { api, add, ends } = watching();
    const [id] = add(3);
    api.fails = (call) => (call === `get ${id}` ? errorOf('notFound') : undefined);
    await tick();
    expect(ends()).toMatchObject([{ call: 'fail', token: id, value: { type: 'UnstructuredNotFoundError' } }]);
  });

  it('for many jobs alone, one after another, leaves the others theirs', async () => {
    const { api, add, ends } = watching();
    const ids = add(20, 'PAUSED');
    api.list = () => [];
    api.fails = (call) => (ids.slice(0, 12).some((id) => call === `get ${id}`) ? errorOf('notFound') : undefined);
    await tick();
    expect(ends().map(({ token }) => token)).toEqual(ids.slice(0, 12));
  });

  it('and refuses the list alone is asked for each job', async () => {
    const { api, add, ends } = watching();
    const [id] = add(6);
    api.fails = (call) => (call.startsWith('list') ? errorOf('permission') : undefined);
    api.statuses.set(id!, 'COMPLETED');
    await tick();
    expect(ends()).toMatchObject([{ call: 'complete', token: id }]);
  });

  it('and cuts rounds short is asked in turn for all', async () => {
    const { api, add, ends } = watching();
    add(40, 'PAUSED');
    let calls = 0;
    api.list = () => [];
    api.fails = (call) => (call.startsWith('get') && ++calls % 25 === 0 ? errorOf('rateLimit', 1_000) : undefined);
    await tick(12);
    expect(ends()).toEqual([]);
  });

  it('ends the watches, too, where it hangs for minutes', async () => {
    const { api, add, ends } = watching();
    add(1);
    api.takesMs = 150_000;
    api.fails = () => errorOf('rateLimit', 300_000);
    await vi.advanceTimersByTimeAsync(1_500_000);
    expect(ends()).toMatchObject([{ call: 'fail', value: { type: 'UnstructuredRateLimitError' } }]);
  });

  it('in a way that nobody foresaw ends the watches for good, and not the process', async () => {
    const { api, add, ends } = watching();
    add(2);
    api.fails = () => new TypeError('a bug');
    await tick();
    const failure = { call: 'fail', value: { type: 'TypeError', nonRetryable: true } };
    expect(ends()).toMatchObject([failure, failure]);
  });
});

describe('the end of a watch', () => {
  it('comes when its time is over, with no change', async () => {
    const { add, ends } = watching();
    const [id] = add(1, 'IN_PROGRESS', { forMs: 60_000 });
    await vi.advanceTimersByTimeAsync(59_999);
    expect(ends()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends()).toMatchObject([{ call: 'complete', token: id, value: { check: null } }]);
  });

  it('is a typed failure where the job’s lists are too large for the wait', async () => {
    const { api, jobs, client, ends } = watching();
    const jobId = idOf(1);
    api.statuses.set(jobId, 'COMPLETED');
    const request = {
      jobId,
      status: 'IN_PROGRESS',
      forMs: HOUR_MS,
      gapMs: TICK_MS,
      held: {},
      files: 'all' as const,
      maxResultBytes: 100,
    };
    jobs.add(
      request,
      { client, taskToken: Buffer.from('token'), leaseMs: 600_000, scheduledAt: SERVER_AT, closeMs: Infinity },
      HOUR_MS,
    );
    await tick();
    expect(ends()).toMatchObject([{ call: 'fail', value: { type: 'UnstructuredOutputListTooLargeError' } }]);
  });
});

describe('what a worker holds that stops', () => {
  it('is handed back, to be taken up by another within seconds; what others hold stays', async () => {
    const { jobs, add, ends, client } = watching();
    const other = stubClient();
    const mine = add(3);
    add(2, 'IN_PROGRESS', { of: other.client });
    await jobs.handBack(client);
    expect(ends().map(({ token }) => token)).toEqual(mine);
    for (const { call, value } of ends()) {
      expect(call).toBe('fail');
      expect(value).toMatchObject({ nonRetryable: false, category: 'BENIGN' });
      const { nextRetryDelay } = value as { nextRetryDelay: number };
      expect(nextRetryDelay).toBeGreaterThanOrEqual(1_000);
      expect(nextRetryDelay).toBeLessThanOrEqual(2_000);
    }
    expect(other.said).toEqual([]);
    await jobs.handBack(client);
    expect(ends()).toHaveLength(3);
  });
});

describe('a watch that is handed back', () => {
  it('says what the last round saw', async () => {
    const { jobs, add, ends, client } = watching();
    add(1);
    await tick();
    await jobs.handBack(client);
    const [{ message }] = ends().map(({ value }) => value) as [Error];
    expect(message).toMatch(/: another one takes over \(\S+Z IN_PROGRESS, asked\)$/);
  });

  it('is left to Temporal, which ends it, in its last two seconds', async () => {
    const { api, jobs, add, said, client } = watching();
    add(1, 'IN_PROGRESS', { closeMs: 20_000 });
    const [longer] = add(1, 'IN_PROGRESS', { closeMs: 20_001 });
    await vi.advanceTimersByTimeAsync(18_000);
    await jobs.handBack(client);
    expect(said.map(({ call, token }) => [call, token])).toEqual([['fail', longer]]);
    api.asked();
    await tick(3);
    expect(api.asked()).toEqual({ lists: [], gets: 0 });
  });
});

describe('what Temporal does not accept while a worker stops', () => {
  const awayUntil = (at: number) =>
    stubClient(() => (Date.now() < at ? Promise.reject(new Error('unavailable')) : Promise.resolve()));

  it('is repeated until it does, by a stop that waits for it', async () => {
    const { jobs, add } = watching();
    const { client, said } = awayUntil(2_500);
    const ids = add(250, 'IN_PROGRESS', { of: client });
    let isOver = false;
    void jobs.handBack(client).then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(2_900);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(isOver).toBe(true);
    const accepted = said.filter(({ at }) => at >= 2_500).map(({ token }) => token);
    expect(accepted.sort()).toEqual(ids);
  });

  it('holds up a stop for ten seconds, and a second stop hands back what is left', async () => {
    const { jobs, add } = watching();
    const { client, said } = awayUntil(12_000);
    const ids = add(250, 'IN_PROGRESS', { of: client });
    const over: string[] = [];
    void jobs.handBack(client).then(() => over.push('first'));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(over).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toEqual(['first']);
    void jobs.handBack(client).then(() => over.push('second'));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(over).toEqual(['first', 'second']);
    const accepted = said.filter(({ at }) => at >= 12_000).map(({ token }) => token);
    expect(accepted.sort()).toEqual(ids);
  });

  it('is waited for by a stop, too, where it is an answer', async () => {
    const { api, jobs, add } = watching();
    const { client, said } = awayUntil(15_000);
    const [id] = add(1, 'IN_PROGRESS', { of: client });
    api.statuses.set(id!, 'COMPLETED');
    await tick();
    let isOver = false;
    void jobs.handBack(client).then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(isOver).toBe(true);
    expect(new Set(said.map(({ call }) => call))).toEqual(new Set(['complete']));
  });

  it('is asked for no more', async () => {
    const { api, jobs, add } = watching();
    const { client } = awayUntil(HOUR_MS);
    add(2, 'IN_PROGRESS', { of: client });
    void jobs.handBack(client);
    await tick(5);
    expect(api.asked().gets).toBe(0);
  });
});

describe('what is left at a close', () => {
  it('is asked for no more, and its leases end', async () => {
    const { api, jobs, add, said } = watching();
    add(2);
    jobs.close();
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect(api.asked()).toEqual({ lists: [], gets: 0 });
    expect(said).toEqual([]);
  });

  it('ends the round under way, and tells nobody what came of it', async () => {
    const { jobs, add, ends, api } = watching();
    const signals: AbortSignal[] = [];
    vi.spyOn(api, 'getJob').mockImplementation((_, { signal } = {}) => {
      signals.push(signal!);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    add(1);
    await tick();
    jobs.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await tick();
    expect(ends()).toEqual([]);
  });

  it('is no obstacle to what is watched then', async () => {
    const { api, jobs, add, ends } = watching();
    jobs.close();
    const [id] = add(1);
    const getJob = vi.spyOn(api, 'getJob');
    await tick();
    expect(getJob.mock.calls.map(([asked, options]) => [asked, options?.signal?.aborted])).toEqual([[id, false]]);
    api.statuses.set(id!, 'COMPLETED');
    await tick();
    expect(ends()).toHaveLength(1);
  });
});

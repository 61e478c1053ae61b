// A run whose worker is killed once its history has any number of events, and replaced, starts no second job and loses or repeats no file. Only
// where it dies between the heartbeat that announces the start and the start's acceptance, nobody can know: the run says so, and starts nothing more.
// `npm run sweep:kills` does it after each event and each output in turn; here is a sample.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test, type TestContext } from 'vitest';
import { type RunJobHandle, startRunJob } from '../../src';
import { CREATE_JOB } from '../../src/core/names';
import { type FakeUnstructured, faults } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { eventsOf, type HistoryEvent, payloadOf } from '../support/histories';
import { temporaryFolder } from '../testing/temporary-folder';
import { OFTEN, type Setup, useDevServer } from './support/dev-server';
import { attributesOf } from './support/events';
import { eventually } from './support/eventually';
import { killPoints, SWEEP, untilEvent } from './support/kill-points';
import { startStoringWorker } from './support/storing-worker';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();
const NAMES = ['a.pdf', 'b.pdf', 'c.pdf'];
/** More than a run of this size has. */
const MOST_EVENTS = 70;
/** Events come in batches, and of these none is longer: a kill is no later than the end of its event's batch. */
const LONGEST_BATCH = 4;
const points = killPoints(MOST_EVENTS, [8, 22, 46]);
const saved = SWEEP ? [1, 2] : [1];
/** Number of runs of which nobody can know whether their start was sent. */
let uncertain = 0;

interface KilledRun extends Setup {
  handle: RunJobHandle;
  folder: string;
  /** Outputs that were fetched although they were there. */
  repeated: string[];
}

/** Starts a run that takes a few seconds; outputs come slowly. */
async function startRun(
  setup: Setup,
  onFinished: TestContext['onTestFinished'],
  outputs: { name?: string } = {},
): Promise<KilledRun> {
  const { api, client, queue } = setup;
  const folder = await temporaryFolder(onFinished);
  await mkdir(join(folder, 'in'));
  const documents = await Promise.all(
    NAMES.map(async (name) => {
      await writeFile(join(folder, 'in', name), `text of ${name}`);
      return { ref: pathToFileURL(join(folder, 'in', name)).href };
    }),
  );
  const repeated: string[] = [];
  // By checks: a job whose start's answer is lost with its worker is there to be found, however long that takes.
  api.setStartedJobs({ timeline: [['SCHEDULED', '300ms'], ['IN_PROGRESS', { checks: 2 }], ['COMPLETED']] });
  api.addFaults([
    [{ operation: 'createJob' }, faults.delay('400ms')],
    [{ operation: 'downloadJobOutput', test: () => noteIfThere(api, folder, repeated) }, faults.delay('700ms')],
  ]);
  const handle = await startRunJob(client, {
    key: `killed-${queue}`,
    taskQueue: queue,
    start: { templateId: 't' },
    documents,
    outputs: { to: pathToFileURL(join(folder, 'out')).href, parallel: 1, ...outputs },
    ...OFTEN,
  });
  return { ...setup, handle, folder, repeated };
}

function noteIfThere(api: FakeUnstructured, folder: string, repeated: string[]): boolean {
  const fileId = api.requests.at(-1)?.query['file_id'] ?? '';
  if (filesIn(folder).some((name) => name.startsWith(fileId))) repeated.push(fileId);
  return true;
}

/** Whether a worker had the start, and Temporal no answer from it. */
function isStartInHand(events: readonly HistoryEvent[]): boolean {
  const start = startIn(events);
  const answers = attributesOf(events, 'activityTaskCompletedEventAttributes');
  return start !== undefined && !answers.some((answer) => String(answer.scheduledEventId) === String(start.eventId));
}

function startIn(events: readonly HistoryEvent[]): HistoryEvent | undefined {
  return events.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === CREATE_JOB);
}

/** Whether Temporal accepted the heartbeat that announces the start, or the start arrived: only then may the run end uncertain. */
async function isAnnounced({ api, handle }: KilledRun): Promise<boolean> {
  const events = await eventsOf(handle);
  const isOfStart = (event: { scheduledEventId?: unknown }) =>
    String(event.scheduledEventId) === String(startIn(events)?.eventId);
  const [end] = attributesOf(events, 'activityTaskTimedOutEventAttributes').filter(isOfStart);
  const announcement = payloadOf(end?.failure?.timeoutFailureInfo?.lastHeartbeatDetails);
  return announcement !== undefined || api.requests.some(({ operation }) => operation === 'createJob');
}

/** What is in the folder of outputs under a final name. */
function filesIn(folder: string): string[] {
  const outbox = join(folder, 'out');
  return existsSync(outbox) ? readdirSync(outbox).filter((name) => !name.startsWith('.')) : [];
}

async function expectWholeOrUncertain(run: KilledRun): Promise<void> {
  await run.handle.result().catch(() => undefined);
  if (run.api.jobs.length > 0) return expectWhole(run);
  uncertain++;
  expect(await isAnnounced(run), 'the start was announced').toBe(true);
  await failureOf('UnstructuredStartUncertainError', run.handle.result());
  expect(run.api.jobs).toEqual([]);
}

async function expectWhole({ api, handle, folder, repeated }: KilledRun): Promise<void> {
  const { documents, job } = await handle.result();
  expect(api.jobs.map(({ id }) => id)).toEqual([job.id]);
  expect(api.requests.filter(({ operation }) => operation === 'createJob')).toHaveLength(1);
  expect(documents.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  for (const [index, { outputs }] of documents.entries()) {
    const [element] = JSON.parse(await readFile(fileURLToPath(outputs[0]!.location), 'utf8'));
    expect(element.metadata.filename).toContain(NAMES[index]);
  }
  expect(filesIn(folder)).toHaveLength(NAMES.length);
  expect(repeated).toEqual([]);
}

test.concurrent.for(points)('killed after event %i', { timeout: 300_000 }, async (point, { onTestFinished }) => {
  await withApi(async (setup) => {
    const run = await startRun(setup, onTestFinished);
    await using first = new WorkerProcess();
    await first.run(setup, 'first', run.folder);
    await untilEvent(setup.client, run.handle.workflowId, point);
    await first.kill();
    const events = await eventsOf(run.handle);
    await startStoringWorker(setup, run.folder);
    await (isStartInHand(events) ? expectWholeOrUncertain(run) : expectWhole(run));
    console.log(`killed after event ${point}: the history had ${events.length}; ${uncertain} uncertain so far`);
    const isEnd = attributesOf(events, 'workflowExecutionCompletedEventAttributes').length > 0;
    if (SWEEP && !isEnd) expect(events.length - point, 'events that came after the point').toBeLessThan(LONGEST_BATCH);
    if (!SWEEP) expect(isEnd, 'killed after its end').toBe(false);
    if (point === MOST_EVENTS) expect(isEnd, 'a longer run than MOST_EVENTS').toBe(true);
  });
});

test.concurrent.for(saved)(
  'killed while it fetches, with %i of 3 saved',
  { timeout: 180_000 },
  async (count, { onTestFinished }) => {
    await withApi(async (setup) => {
      const run = await startRun(setup, onTestFinished);
      await using first = new WorkerProcess();
      await first.run(setup, 'first', run.folder);
      await eventually(() => expect(filesIn(run.folder)).toHaveLength(count));
      await first.kill();
      await startStoringWorker(setup, run.folder);
      await expectWhole(run);
      const downloads = setup.api.requests.filter(({ operation }) => operation === 'downloadJobOutput');
      expect(downloads.length).toBeLessThanOrEqual(NAMES.length + 1);
    });
  },
);

test.concurrent(
  'killed while it replaces the outputs of an earlier run',
  { timeout: 180_000 },
  async ({ onTestFinished }) => {
    await withApi(async (setup) => {
      const run = await startRun(setup, onTestFinished, { name: 'of {ext}/{stem}.json' });
      const outbox = join(run.folder, 'out/of pdf');
      await mkdir(outbox, { recursive: true });
      for (const name of ['a', 'b', 'c']) await writeFile(join(outbox, `${name}.json`), '"old"');
      const stored = async () =>
        Promise.all(['a', 'b', 'c'].map(async (name) => readFile(join(outbox, `${name}.json`), 'utf8')));
      const isOld = (text: string) => text === '"old"';
      await using first = new WorkerProcess();
      await first.run(setup, 'first', run.folder);
      await eventually(async () => expect((await stored()).filter(isOld)).toHaveLength(2));
      await first.kill();
      for (const text of await stored()) expect(() => JSON.parse(text) as unknown).not.toThrow();
      await startStoringWorker(setup, run.folder);
      const { documents } = await run.handle.result();
      expect(documents.flatMap(({ outputs }) => outputs.map(({ location }) => fileURLToPath(location)))).toEqual(
        ['a', 'b', 'c'].map((name) => join(outbox, `${name}.json`)),
      );
      for (const [index, text] of (await stored()).entries()) {
        const [element] = JSON.parse(text) as [{ metadata: { filename: string } }];
        expect(element.metadata.filename).toContain(NAMES[index]);
      }
    });
  },
);

test.concurrent(
  'killed between the acceptance of the start and its answer',
  { timeout: 180_000 },
  async ({ onTestFinished }) => {
    await withApi(async (setup) => {
      const run = await startRun(setup, onTestFinished);
      setup.api.addFaults([[{ operation: 'createJob' }, faults.delay('60s')]]);
      await using first = new WorkerProcess();
      await first.run(setup, 'first', run.folder);
      await eventually(() => expect(setup.api.jobs).toHaveLength(1));
      await first.kill();
      await startStoringWorker(setup, run.folder);
      await expectWhole(run);
      expect((await run.handle.result()).start).toEqual({ how: 'found', sends: 1 });
    });
  },
);

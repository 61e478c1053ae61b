// A run whose worker is killed after any of its history's events, and replaced, starts no second job and loses or repeats no file. Only
// where it dies with the start in hand and nothing sent, nobody can know that: the run says so, and starts nothing more.
// `npm run sweep:kills` does it after each event in turn; here is a sample.
import { readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startRunJob, type RunJobHandle } from '../../src';
import { faults, type FakeUnstructured } from '../../src/testing';
import { failureOf } from '../support/failure-of';
import { temporaryFolder } from '../testing/temporary-folder';
import { OFTEN, useDevServer, type Setup } from './support/dev-server';
import { eventually } from './support/eventually';
import { WorkerProcess } from './support/worker-process';

const { withApi } = useDevServer();
const NAMES = ['a.pdf', 'b.pdf', 'c.pdf'];
/** More than a run of this size has. */
const MOST_EVENTS = 60;
const points = pointsOf(process.env['KILL_AT'] ?? '8,22,46');

/** `all`, or numbers of events with commas between them. */
function pointsOf(text: string): number[] {
  if (text === 'all') return Array.from({ length: MOST_EVENTS }, (_, index) => index + 1);
  return text.split(',').map(Number);
}

interface KilledRun extends Setup {
  handle: RunJobHandle;
  folder: string;
  /** Outputs that were fetched although they were there. */
  repeated: string[];
}

/** Starts a run that takes a few seconds; outputs come slowly. */
async function startRun(setup: Setup): Promise<KilledRun> {
  const { api, client, queue } = setup;
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'in'));
  const documents = await Promise.all(
    NAMES.map(async (name) => {
      await writeFile(join(folder, 'in', name), `text of ${name}`);
      return { ref: pathToFileURL(join(folder, 'in', name)).href };
    }),
  );
  const repeated: string[] = [];
  api.setLaunched({ timeline: [['SCHEDULED', '300ms'], ['IN_PROGRESS', '1500ms'], ['COMPLETED']] });
  api.addFaults([
    [{ operation: 'createJob' }, faults.delay('400ms')],
    [
      { operation: 'downloadJobOutput', test: () => noteIfThere(api, join(folder, 'out'), repeated) },
      faults.delay('700ms'),
    ],
  ]);
  const handle = await startRunJob(client, {
    key: `killed-${queue}`,
    taskQueue: queue,
    start: { templateId: 't' },
    documents,
    outputs: { to: pathToFileURL(join(folder, 'out')).href, parallel: 1 },
    ...OFTEN,
  });
  return { ...setup, handle, folder, repeated };
}

function noteIfThere(api: FakeUnstructured, outbox: string, repeated: string[]): boolean {
  const fileId = api.requests.at(-1)?.query['file_id'] ?? '';
  try {
    if (readdirSync(outbox).some((name) => name.startsWith(fileId))) repeated.push(fileId);
  } catch {
    // no output yet
  }
  return true;
}

/** Resolves with the number of events once the history has so many, or the run has ended. */
async function untilEvent({ client, handle }: KilledRun, count: number): Promise<number> {
  const { workflowService } = client;
  const execution = { workflowId: handle.workflowId };
  for (let nextPageToken: Uint8Array | undefined; ;) {
    const answer = await workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution,
      waitNewEvent: true,
      nextPageToken,
    });
    const last = Number(answer.history?.events?.at(-1)?.eventId ?? 0);
    nextPageToken = answer.nextPageToken;
    if (last >= count || nextPageToken.length === 0) return last;
  }
}

async function expectWholeOrUncertain(run: KilledRun): Promise<void> {
  await run.handle.result().catch(() => undefined);
  if (run.api.requests.some(({ operation }) => operation === 'createJob')) return expectWhole(run);
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
  expect(readdirSync(join(folder, 'out')).filter((name) => !name.startsWith('.'))).toHaveLength(NAMES.length);
  expect(repeated).toEqual([]);
}

test.each(points)('killed after event %i', { timeout: 300_000 }, async (point) => {
  await withApi(async (setup) => {
    const run = await startRun(setup);
    const first = await WorkerProcess.start(setup, 'first', run.folder);
    const seen = await untilEvent(run, point);
    await first.kill();
    await WorkerProcess.start(setup, 'second', run.folder);
    await expectWholeOrUncertain(run);
    if (process.env['KILL_AT']) console.log(`killed after event ${seen}`);
  });
});

test('killed between the acceptance of the start and its answer', { timeout: 180_000 }, async () => {
  await withApi(async (setup) => {
    const run = await startRun(setup);
    setup.api.setLaunched({ timeline: [['SCHEDULED', '300ms'], ['IN_PROGRESS', '60s'], ['COMPLETED']] });
    setup.api.addFaults([[{ operation: 'createJob' }, faults.delay('60s')]]);
    const first = await WorkerProcess.start(setup, 'first', run.folder);
    await eventually(() => expect(setup.api.jobs).toHaveLength(1));
    await first.kill();
    await WorkerProcess.start(setup, 'second', run.folder);
    await expectWhole(run);
    expect((await run.handle.result()).start).toEqual({ how: 'found', sends: 1 });
  });
});

/**
 * Records the histories in test/histories that every later version must replay: `npx tsx scripts/record-histories.ts`. What is recorded is
 * kept, and not played; `--force` replaces it, which is right only before a release of its version. `test/histories/README.md` says what each
 * stands for.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { format } from 'prettier';
import { startAwaitJob, startRunJob, startRunJobs, UnstructuredPlugin } from '../src';
import { createDevEnvironment, createTestEnvironment, FakeUnstructured } from '../src/testing';
import { TEST_SERVERS } from '../src/testing/find-server';
import { bundleTestWorkflows } from '../test/support/bundle';
import { historiesOf, type History, type RunId } from '../test/support/histories';
import { collectLogs } from '../test/support/logs';
import { breakingSource } from './histories/breaking-source';
import type { Recording, Scenario } from './histories/recording';
import { describeHistories, REAL_TIME_SCENARIOS, TIME_SKIPPING_SCENARIOS } from './histories/scenarios';
import { withoutTraces } from './histories/without-traces';
import { ensureServers } from './servers/ensure';

const VERSION = 'v1';
const FOLDER = join(__dirname, '../test/histories');
const QUEUE = 'histories';
const API_KEY = 'key-of-recorded-histories';

async function main(force: boolean): Promise<void> {
  const paths = await ensureServers(['dev', 'time-skipping']);
  for (const [name, path] of Object.entries(paths))
    process.env[TEST_SERVERS[name as keyof typeof paths].variable] = path;
  await mkdir(FOLDER, { recursive: true });
  const options = { client: { identity: 'client' } };
  const oneByOne = async (plays: Play[]) => {
    for (const play of plays) await play();
  };
  const atOnce = (plays: Play[]) => Promise.all(plays.map((play) => play()));
  await record(() => createTestEnvironment(options), TIME_SKIPPING_SCENARIOS, force, oneByOne);
  await record(() => createDevEnvironment(options), REAL_TIME_SCENARIOS, force, atOnce);
  await writeFile(join(FOLDER, 'README.md'), await format(describeHistories(), { parser: 'markdown' }));
}

type Play = () => Promise<void>;

async function record(
  createEnvironment: () => Promise<TestWorkflowEnvironment>,
  all: Record<string, Scenario>,
  force: boolean,
  playAll: (plays: Play[]) => Promise<unknown>,
): Promise<void> {
  const scenarios = Object.entries(all).filter(([name]) => force || !isRecorded(name));
  if (scenarios.length === 0) return;
  collectLogs(); // a runtime that nothing uses would keep the process running
  const env = await createEnvironment();
  const folder = await mkdtemp(join(tmpdir(), 'histories-'));
  try {
    await using api = await FakeUnstructured.start({
      now: () => env.currentTimeMs(),
      apiKey: API_KEY,
      seed: 'histories',
    });
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: QUEUE,
      identity: 'worker',
      workflowBundle: await bundleTestWorkflows(),
      plugins: [
        new UnstructuredPlugin({
          baseUrl: api.url,
          apiKey: API_KEY,
          watch: { tick: '1 second' },
          documents: { folders: [folder], sources: { breaking: breakingSource() } },
          outputs: { folders: [folder] },
        }),
      ],
    });
    const recording: Recording = {
      env,
      api,
      queue: QUEUE,
      documents: await documentsIn(folder),
      breakingOff: { ref: 'breaking:letter-3.txt' },
      outputs: { to: pathToFileURL(join(folder, 'out')).href },
      start: (job, options) => startAwaitJob(env.client, job, { taskQueue: QUEUE, ...options }),
      startRun: (key, input) => startRunJob(env.client, { ...input, key, taskQueue: QUEUE }),
      startBatch: (key, input) => startRunJobs(env.client, { ...input, key, taskQueue: QUEUE }),
    };
    const plays = scenarios.map(([name, { play }]) => async () => {
      const run = await play(recording);
      for (const [file, history] of await loadFiles(env, name, run)) await write(file, history);
    });
    await worker.runUntil(() => playAll(plays));
  } finally {
    await env.teardown();
    await rm(folder, { recursive: true });
  }
}

/** One file, or the first and the last run of a workflow that continued as new. */
async function loadFiles(env: TestWorkflowEnvironment, name: string, run: RunId): Promise<[string, History][]> {
  const all = await historiesOf(env.client, [run]);
  const runs = all.filter(({ workflowId }) => workflowId === run.workflowId);
  const [first, last] = [runs[0]!, runs.at(-1)!];
  if (first === last) return [[name, first.history]];
  return [
    [`${name}-first`, first.history],
    [`${name}-last`, last.history],
  ];
}

async function documentsIn(folder: string): Promise<{ ref: string }[]> {
  const paths = ['letter-1.txt', 'letter-2.txt'].map((name) => join(folder, name));
  for (const path of paths) await writeFile(path, `text of ${path}`);
  return paths.map((path) => ({ ref: pathToFileURL(path).href }));
}

function isRecorded(name: string): boolean {
  return [name, `${name}-first`].some((file) => existsSync(pathOf(file)));
}

function pathOf(name: string): string {
  return join(FOLDER, `${VERSION}-${name}.json`);
}

async function write(name: string, history: History): Promise<void> {
  const path = pathOf(name);
  const json: unknown = withoutTraces(JSON.parse(historyToJSON(history)));
  await writeFile(path, `${JSON.stringify(json, null, 1)}\n`);
  console.log(`recorded ${path}`);
}

void main(process.argv.includes('--force'));

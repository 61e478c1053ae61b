/**
 * Records the histories in test/histories that every later version must replay: `npx tsx scripts/record-histories.ts`. Files that exist
 * are kept; `--force` replaces them, which is right only before a release of their version.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { startAwaitJob, UnstructuredPlugin } from '../src';
import { createTestEnvironment, FakeUnstructured } from '../src/testing';
import { TEST_SERVERS } from '../src/testing/servers';
import { testBundle } from '../test/support/bundle';
import { historiesOf, type History, type RunId } from '../test/support/histories';
import { collectLogs } from '../test/support/logs';
import { SCENARIOS, type Recording } from './histories/scenarios';
import { withoutTraces } from './histories/without-traces';
import { ensureServers } from './servers/ensure';

const VERSION = 'v1';
const FOLDER = join(__dirname, '../test/histories');
const QUEUE = 'histories';
const API_KEY = 'key-of-recorded-histories';

async function main(force: boolean): Promise<void> {
  const paths = await ensureServers(['time-skipping']);
  if (paths['time-skipping'] !== undefined)
    process.env[TEST_SERVERS['time-skipping'].variable] = paths['time-skipping'];
  collectLogs();
  await mkdir(FOLDER, { recursive: true });
  const env = await createTestEnvironment({ client: { identity: 'client' } });
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
      workflowBundle: await testBundle(),
      plugins: [new UnstructuredPlugin({ baseUrl: api.url, apiKey: API_KEY })],
    });
    const recording: Recording = {
      env,
      api,
      queue: QUEUE,
      start: (jobId, options) => startAwaitJob(env.client, jobId, { taskQueue: QUEUE, ...options }),
    };
    await worker.runUntil(async () => {
      for (const [name, play] of Object.entries(SCENARIOS)) {
        const run = await play(recording);
        for (const [file, history] of await filesOf(name, run)) await write(file, history, force);
      }
    });

    /** One file, or the first and the last run of a workflow that continued as new. */
    async function filesOf(name: string, run: RunId): Promise<[string, History][]> {
      const all = await historiesOf(env.client, [run]);
      const runs = all.filter(({ workflowId }) => workflowId === run.workflowId);
      const [first, last] = [runs[0]!, runs.at(-1)!];
      if (first === last) return [[name, first.history]];
      return [
        [`${name}-first`, first.history],
        [`${name}-last`, last.history],
      ];
    }
  } finally {
    await env.teardown();
  }
}

async function write(name: string, history: History, force: boolean): Promise<void> {
  const path = join(FOLDER, `${VERSION}-${name}.json`);
  if (existsSync(path) && !force) {
    console.log(`kept     ${path}`);
    return;
  }
  const json: unknown = withoutTraces(JSON.parse(historyToJSON(history)));
  await writeFile(path, `${JSON.stringify(json, null, 1)}\n`);
  console.log(`recorded ${path}`);
}

void main(process.argv.includes('--force'));

/**
 * How often the API is called for a job of ten documents, from start to files, beside the loop of the vendor's quick start, in skipped time.
 * Run alone: `npx tsx bench/calls.ts`.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { startRunJob, UnstructuredPlugin } from '../src';
import { FakeUnstructured } from '../src/testing';
import { print, type Report } from './report';
import { benchBundle } from './support/bundle';
import { withServer } from './support/servers';

const DOCUMENTS = 10;
const MINUTES = [1, 10, 60];
const LOOP_GAP_MS = 10_000;
const MINUTE_MS = 60_000;

type Calls = Record<string, number>;

export async function run(): Promise<Report> {
  const rows = await withServer('time-skipping', async (env) => {
    const measured: Report['tables'][number]['rows'] = [];
    for (const minutes of MINUTES) {
      measured.push(toRow(minutes, 'quick-start loop', await countCalls(minutes, quickStart)));
      const ours = await countCalls(
        minutes,
        (api, paths) => runOn(env, api, paths),
        () => env.currentTimeMs(),
      );
      measured.push(toRow(minutes, 'runJob', ours));
    }
    return measured;
  });
  const ours = rows.filter(({ pattern }) => pattern === 'runJob');
  const loop = rows.filter(({ pattern }) => pattern !== 'runJob');
  return {
    name: 'calls',
    tables: [{ title: `a job of ${DOCUMENTS} documents, from start to files`, rows }],
    goals: ours.flatMap((row, index) => {
      const job = `a job of ${String(row['job, min'])} min`;
      const checks = Number(row['getJob']);
      return [
        {
          what: `checks of ${job} beyond those of the loop`,
          value: checks - Number(loop[index]!['getJob']),
          atMost: 0,
        },
        { what: `other calls of ${job}`, value: Number(row['all calls']) - checks, atMost: DOCUMENTS + 2 },
      ];
    }),
    notes: [
      `The loop looks each ${LOOP_GAP_MS / 1_000} s, without jitter, and never asks which documents failed: details is that one call more.`,
      'Counted by the fake API, in requests as they arrive.',
    ],
  };
}

function toRow(minutes: number, pattern: string, calls: Calls): Record<string, string | number> {
  const { createJob = 0, getJob = 0, getJobDetails = 0, downloadJobOutput = 0, ...others } = calls;
  if (Object.keys(others).length > 0) throw new Error(`Calls that nobody expects: ${JSON.stringify(others)}`);
  const all = createJob + getJob + getJobDetails + downloadJobOutput;
  return {
    'job, min': minutes,
    pattern,
    createJob,
    getJob,
    getJobDetails,
    downloadJobOutput,
    'all calls': all,
  };
}

/** Runs one job, and counts. */
async function countCalls(
  minutes: number,
  run: (api: FakeUnstructured, paths: string[], skip: (ms: number) => void) => Promise<void>,
  now?: () => Promise<number>,
): Promise<Calls> {
  let clock = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'bench-calls-'));
  try {
    await using api = await FakeUnstructured.start({ now: now ?? (() => clock) });
    api.setStartedJobs({ timeline: [['IN_PROGRESS', minutes * MINUTE_MS], ['COMPLETED']] });
    const paths = Array.from({ length: DOCUMENTS }, (_, index) => join(folder, `${index}.txt`));
    for (const path of paths) await writeFile(path, `text of ${path}`);
    await run(api, paths, (ms) => (clock += ms));
    const calls: Calls = {};
    for (const { operation } of api.requests) calls[operation ?? 'unknown'] = (calls[operation ?? 'unknown'] ?? 0) + 1;
    return calls;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runOn(env: TestWorkflowEnvironment, api: FakeUnstructured, paths: string[]): Promise<void> {
  const taskQueue = randomUUID();
  const folders = { folders: [join(paths[0]!, '..')] };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: await benchBundle(),
    plugins: [new UnstructuredPlugin({ apiKey: api.apiKey, baseUrl: api.url, documents: folders, outputs: folders })],
  });
  await worker.runUntil(async () => {
    const run = await startRunJob(env.client, {
      key: randomUUID(),
      taskQueue,
      start: { templateId: 'hi_res_partition' },
      documents: paths.map((path) => ({ ref: pathToFileURL(path).href })),
      outputs: { to: pathToFileURL(join(paths[0]!, '..', 'out')).href },
    });
    const { documents } = await run.result();
    if (documents.some(({ status }) => status !== 'ok')) throw new Error('A document did not become a file.');
  });
}

/** As the vendor shows it: create, look each ten seconds, download what each input file became. */
async function quickStart(api: FakeUnstructured, paths: string[], skip: (ms: number) => void): Promise<void> {
  const headers = { 'unstructured-api-key': api.apiKey };
  const ask = async (path: string, init?: RequestInit) =>
    (await (await fetch(`${api.url}/api/v1${path}`, { ...init, headers })).json()) as Record<string, unknown>;
  const form = new FormData();
  form.append('request_data', JSON.stringify({ template_id: 'hi_res_partition' }));
  for (const [index, path] of paths.entries()) form.append('input_files', new Blob([path]), `${index}.txt`);
  let job = await ask('/jobs/', { method: 'POST', body: form });
  while (job['status'] === 'SCHEDULED' || job['status'] === 'IN_PROGRESS') {
    skip(LOOP_GAP_MS);
    job = await ask(`/jobs/${String(job['id'])}`);
  }
  for (const fileId of job['input_file_ids'] as string[])
    await ask(`/jobs/${String(job['id'])}/download?file_id=${encodeURIComponent(fileId)}`);
}

if (require.main === module) void run().then(print);

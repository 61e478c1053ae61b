/**
 * CPU time of one `getJob`, checks, time-outs and size bound included, beside global `fetch` and `JSON.parse`: the least that people write.
 * Server and both callers are processes of their own, so that each one's CPU time is its own; they take turns in one run.
 * Run alone: `npx tsx bench/client.ts`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const IN_FLIGHT = 32;
const CALLS = 4_000;
const WARM_UP_CALLS = 3_000;
const ROUNDS = 5;
const FILE_COUNTS = [4, 40];

const JOB_ID = '93fc2ce8-e7c8-424f-a6aa-41460fc5d35d';
const API_KEY = 'bench-key';

export interface ClientRow {
  /** Output node files in the answer. */
  files: number;
  /** CPU time of one call in µs, median of the rounds. */
  clientUs: number;
  fetchUs: number;
  /** How many times the CPU time `fetch` takes. */
  ratio: number;
}

export async function run(): Promise<{ name: string; rows: ClientRow[] }> {
  const rows: ClientRow[] = [];
  for (const files of FILE_COUNTS) rows.push(await compare(files));
  return { name: `client: CPU per getJob, ${IN_FLIGHT} in flight`, rows };
}

async function compare(files: number): Promise<ClientRow> {
  const server = start('server', String(files));
  const origin = (await message(server)) as string;
  const client = start('client', origin);
  const plain = start('fetch', origin);
  try {
    for (const caller of [client, plain]) await measure(caller, WARM_UP_CALLS);
    const clientUs: number[] = [];
    const fetchUs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      clientUs.push(await measure(client, CALLS));
      fetchUs.push(await measure(plain, CALLS));
    }
    return { files, clientUs: median(clientUs), fetchUs: median(fetchUs), ratio: median(fetchUs) / median(clientUs) };
  } finally {
    for (const child of [client, plain, server]) child.kill();
  }
}

function start(...args: [role: 'server' | 'client' | 'fetch', argument: string]): ChildProcess {
  return fork(__filename, ['--role', ...args]);
}

/** Has a caller make `calls` calls; answers the CPU time of one in µs. */
async function measure(caller: ChildProcess, calls: number): Promise<number> {
  caller.send(calls);
  return (await message(caller)) as number;
}

async function message(child: ChildProcess): Promise<unknown> {
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('a process of the measurement ended')));
  const [value] = (await Promise.race([once(child, 'message'), failed])) as [unknown];
  failed.catch(() => undefined);
  return value;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function serve(files: number): void {
  const body = JSON.stringify({
    id: JOB_ID,
    workflow_id: '0cd23a5e-9bd8-4a2e-b6b1-d4ac5eb4bd0c',
    workflow_name: 'Job 93fc2ce8',
    status: 'IN_PROGRESS',
    created_at: '2025-09-10T21:34:39.811955',
    runtime: null,
    input_file_ids: ['250713305v1-d88db765.pdf'],
    output_node_files: Array.from({ length: files }, (_, index) => ({
      node_id: '4eb78731-4669-438c-9e2c-c76fcb1c9a52',
      file_id: `250713305v1-${index}-d88db765.pdf`,
      node_type: 'partition',
      node_subtype: 'unstructured_api',
    })),
    job_type: 'template',
  });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
  server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}

function answerRounds(call: () => Promise<unknown>): void {
  process.on('message', (calls: number) => {
    void (async () => {
      const before = process.cpuUsage();
      let left = calls;
      const caller = async () => {
        while (left-- > 0) await call();
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
      const { user, system } = process.cpuUsage(before);
      process.send?.((user + system) / calls);
    })();
  });
}

const ROLES: Record<string, (argument: string) => void | Promise<void>> = {
  server: (files) => serve(Number(files)),
  client: async (baseUrl) => {
    const { UnstructuredClient } = await import('../src/api/client.js');
    const client = new UnstructuredClient({ apiKey: API_KEY, baseUrl, connections: IN_FLIGHT });
    answerRounds(() => client.getJob(JOB_ID));
  },
  fetch: (origin) => {
    requireOwnDispatcher();
    const headers = { 'unstructured-api-key': API_KEY };
    answerRounds(async () => {
      const response = await fetch(`${origin}/api/v1/jobs/${JOB_ID}`, { headers });
      return JSON.parse(await response.text()) as unknown;
    });
  },
};

/** npm's undici, which our client brings along, puts its own dispatcher under Node's global `fetch` when it is imported. */
function requireOwnDispatcher(): void {
  if (Symbol.for('undici.globalDispatcher.1') in globalThis)
    throw new Error("The global fetch is not Node's own here: something set its dispatcher.");
}

async function main(): Promise<void> {
  const { name, rows } = await run();
  console.log(name);
  console.table(
    rows.map(({ files, clientUs, fetchUs, ratio }) => ({
      'files in the answer': files,
      'getJob, µs': clientUs.toFixed(1),
      'fetch + JSON.parse, µs': fetchUs.toFixed(1),
      ratio: `${ratio.toFixed(1)} ×`,
    })),
  );
  console.log(JSON.stringify({ name, rows }));
}

const [flag, role, argument] = process.argv.slice(2);
if (flag === '--role') void ROLES[role ?? '']?.(argument ?? '');
else if (require.main === module) void main();

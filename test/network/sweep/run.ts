import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, expectedOf, nameOf } from './cases';
import type { Message, Task } from './program';
import { startSweepServer } from './server';

const PARALLEL = 10;
/** Enough deaths to know. */
const MOST_DEATHS = 20;

/** Performs the cases in processes of their own; what came out wrong, as text, and how many ended as what. */
export async function sweep(cases: readonly Case[]): Promise<{ wrong: string[]; counts: Record<string, number> }> {
  const server = await startSweepServer(cases);
  const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  const certificate = join(folder, 'ca.pem');
  writeFileSync(certificate, server.certificate);
  const proxy = `http://127.0.0.1:${server.proxyPort}`;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' };
  const run = (part: Task['cases'], parallel: number) => runProcess({ ...server, cases: part, parallel }, env);
  try {
    const outcomes = new Map<number, string>();
    let left = [...cases.entries()];
    let deaths = 0;
    while (left.length > 0 && deaths < MOST_DEATHS) {
      const { ended, begun } = await run(left, PARALLEL);
      for (const [index, outcome] of ended) outcomes.set(index, outcome);
      // Where the process died, each of those that were on their way has one of its own, to see which it was.
      for (const index of begun) {
        const alone = await run([[index, cases[index]!]], 1);
        if (!alone.ended.has(index)) deaths++;
        outcomes.set(index, alone.ended.get(index) ?? `the process died: ${alone.died}`);
      }
      left = left.filter(([index]) => !outcomes.has(index));
    }
    // A connection that one case keeps and resets may have taken another's request: alone, that fares as it should.
    for (const [index, outcome] of outcomes) {
      if (isExpected(cases[index]!, outcome) || outcome.startsWith('the process died')) continue;
      const alone = await run([[index, cases[index]!]], 1);
      outcomes.set(index, alone.ended.get(index) ?? `the process died: ${alone.died}`);
    }
    return judge(cases, outcomes);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

interface Run {
  ended: Map<number, string>;
  /** Those that had begun when the process died. */
  begun: Set<number>;
  /** What it said as it died. */
  died: string;
}

function runProcess(task: Task, env: NodeJS.ProcessEnv): Promise<Run> {
  const child = fork(join(__dirname, 'program.ts'), {
    execArgv: ['--import', 'tsx'],
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const run: Run = { ended: new Map(), begun: new Set(), died: '' };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (run.died = (run.died + text).slice(-4_000)));
  child.on('message', (message: Message) => {
    if (message === 'done') return;
    if ('began' in message) run.begun.add(message.began);
    else {
      run.begun.delete(message.ended);
      run.ended.set(message.ended, message.outcome);
    }
  });
  child.send(task);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      run.died = /\w*Error\b.*/.exec(run.died)?.[0] ?? run.died;
      if (run.ended.size + run.begun.size === 0) reject(new Error(`The program did not start: ${run.died}`));
      else resolve(run);
    });
  });
}

function isExpected(one: Case, outcome: string): boolean {
  return expectedOf(one).some((expected) => outcome === expected || outcome.startsWith(`${expected}:`));
}

function judge(cases: readonly Case[], outcomes: ReadonlyMap<number, string>) {
  const counts: Record<string, number> = {};
  const wrong = cases.flatMap((one, index) => {
    const outcome = outcomes.get(index) ?? 'nothing';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    return isExpected(one, outcome) ? [] : [`${nameOf(one)}: ${outcome}`];
  });
  return { wrong, counts };
}

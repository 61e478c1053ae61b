import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { WebSocket, type MessageEvent } from 'undici';
import {
  type AwaitJobHandle,
  progress,
  startAwaitJob,
  type StartAwaitJobOptions,
  UnstructuredPlugin,
  type WaitProgress,
} from '../src';
import { createDevEnvironment, FakeUnstructured, type FaultRule, faults } from '../src/testing';

/**
 * `npx tsx scripts/pictures.ts [demo] [web-ui]`: makes the pictures of the documentation again, of waits in Temporal's Web UI and of the demo in a
 * terminal.
 * Needs Chromium, by `CHROMIUM` or on the PATH, `script` of util-linux, and what `npm ci --prefix docs` installs.
 */
const ROOT = join(__dirname, '..');
const PICTURES = join(ROOT, 'docs/public');
const UI_PORT = 8_733;
const [COLUMNS, ROWS] = [120, 40];

const run = promisify(execFile);

const wanted = (name: string) => process.argv.length < 3 || process.argv.includes(name);

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  try {
    if (wanted('demo')) await pictureOfTerminal(folder);
    if (wanted('web-ui')) await picturesOfWaits(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits as the Web UI shows them: one that is well, one whose checks no worker takes, and both beside others in the list. */
async function picturesOfWaits(folder: string): Promise<void> {
  const env = await createDevEnvironment({ server: { ui: true, uiPort: UI_PORT } });
  await using api = await FakeUnstructured.start({ seed: randomUUID().slice(0, 8) });
  const root = `http://127.0.0.1:${UI_PORT}/namespaces/default/workflows`;
  const start = (files: string[], options: Partial<StartAwaitJobOptions> = {}, rules: FaultRule[] = []) => {
    const job = api.addJob({ files, timeline: [['SCHEDULED', '4s'], 'IN_PROGRESS'] });
    job.addFaults(rules);
    return startAwaitJob(env.client, job.id, {
      taskQueue: 'documents',
      searchAttributes: true,
      runLimit: '6 hours',
      ...options,
    });
  };
  const until = async (wait: AwaitJobHandle, isSo: (now: WaitProgress) => boolean) => {
    while (!isSo(await wait.query(progress))) await sleep(1_000);
    return `${root}/${wait.workflowId}/${(await wait.describe()).runId}`;
  };
  try {
    const worker = await workerOf(env, api, {
      taskQueue: 'documents',
      workflowsPath: join(ROOT, 'workflows/index.ts'),
    });
    const ofOtherQueue = await workerOf(env, api, { taskQueue: 'documents-gpu' });
    await worker.runUntil(async () => {
      const well = await start(['contract.pdf']);
      const heldUp = await start(['invoice.pdf'], { activityTaskQueue: 'documents-gpu', minimumGap: '5 seconds' });
      const failing = await start(['report.pdf'], { minimumGap: '5 seconds' }, [[{ from: 2 }, faults.status(503)]]);
      await ofOtherQueue.runUntil(() => until(heldUp, ({ checks }) => checks > 0));
      const page = await until(well, ({ status }) => status === 'IN_PROGRESS');
      const size: Picture['size'] = [1_440, 900];
      await photograph(folder, `${page}/history`, 'web-ui.png', { size, shows: 'awaitJobCompletion' });
      await photograph(folder, `${page}/user-metadata`, 'well.png', { size, shows: 'Current Details' });
      await until(failing, (now) => now.failing !== null);
      const sick = await until(heldUp, ({ unserved }) => unserved !== null);
      await photograph(folder, `${sick}/user-metadata`, 'held-up.png', { size, shows: 'Current Details' });
      const columns = ['Status', 'Workflow ID', 'UnstructuredHealth', 'UnstructuredJobStatus'];
      await photograph(folder, root, 'list.png', { size: [1_440, 560], shows: 'no worker', columns });
      for (const wait of [well, heldUp, failing]) await wait.terminate();
    });
  } finally {
    await env.teardown();
  }
}

/** A worker whose waits follow the schedule. */
function workerOf(env: TestWorkflowEnvironment, { url: baseUrl, apiKey }: FakeUnstructured, options: WorkerOptions) {
  const plugins = [
    new UnstructuredPlugin({ baseUrl, apiKey, watch: options.workflowsPath === undefined ? false : {} }),
  ];
  return Worker.create({ connection: env.nativeConnection, plugins, ...options });
}

/** The demo's last screen, as a terminal shows it. */
async function pictureOfTerminal(folder: string): Promise<void> {
  const record = join(folder, 'record');
  const command = `stty cols ${COLUMNS} rows ${ROWS}; exec node --import tsx scripts/demo.ts`;
  await run('script', ['-qec', command, record], {
    cwd: ROOT,
    env: { ...process.env, FORCE_COLOR: '1', TERM: 'xterm-256color' },
  });
  const page = join(folder, 'terminal.html');
  await writeFile(page, await htmlOf(record));
  await photograph(folder, pathToFileURL(page).href, 'demo.png', {
    size: [COLUMNS * 9 + 60, 1_000],
    shows: 'Documents to files',
    isWhole: true,
  });
}

/** @param shows a text that is there once the page is */
async function photograph(folder: string, url: string, name: string, picture: Picture): Promise<void> {
  const { size, shows, columns, isWhole = false } = picture;
  const profile = join(folder, `profile-${name}`);
  const options = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--hide-scrollbars',
  ];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const set = [
    `--user-data-dir=${profile}`,
    `--window-size=${size.join(',')}`,
    '--remote-debugging-port=0',
    'about:blank',
  ];
  const chromium = spawn(process.env['CHROMIUM'] ?? 'chromium', [...options, ...quiet, ...set], {
    stdio: 'ignore',
  });
  try {
    const port = await soon(async () => (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n')[0]);
    const page = await soon(async () => {
      const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Target[];
      return targets.find(({ type }) => type === 'page');
    });
    const devTools = await DevTools.connect(page.webSocketDebuggerUrl);
    if (columns) {
      const shown = JSON.stringify({ default: columns.map((label) => ({ label })) });
      const source = `localStorage.setItem('namespace-workflow-table-columns', ${JSON.stringify(shown)})`;
      await devTools.call('Page.enable', {});
      await devTools.call('Page.addScriptToEvaluateOnNewDocument', { source });
    }
    await devTools.call('Page.navigate', { url });
    const expression = `document.body.innerText.includes(${JSON.stringify(shows)})`;
    await soon(
      async () => (await devTools.call('Runtime.evaluate', { expression })).result?.value === true || undefined,
    );
    await sleep(2_000); // what moves comes to rest
    const { cssContentSize } = await devTools.call('Page.getLayoutMetrics', {});
    const clip = isWhole && { clip: { ...cssContentSize, scale: 1 }, captureBeyondViewport: true };
    const { data = '' } = await devTools.call('Page.captureScreenshot', { format: 'png', ...clip });
    await writeFile(join(PICTURES, name), Buffer.from(data, 'base64'));
    console.log(join('docs/public', name));
  } finally {
    chromium.kill();
    await once(chromium, 'exit');
  }
}

interface Picture {
  size: [width: number, height: number];
  shows: string;
  /** Columns of the Web UI's list of workflows. @default its own */
  columns?: string[];
  /** Whether the picture shows the page to its end, or as much as the window does. @default false */
  isWhole?: boolean;
}

interface Target {
  type: string;
  webSocketDebuggerUrl: string;
}

interface Answer {
  data?: string;
  cssContentSize?: object;
  result?: { value?: unknown };
}

/** The protocol that Chromium is driven by. */
class DevTools {
  #last = 0;

  private constructor(readonly socket: WebSocket) {}

  static async connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new DevTools(socket);
  }

  async call(method: string, params: object): Promise<Answer> {
    const id = ++this.#last;
    this.socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [{ data }] = (await once(this.socket, 'message')) as [MessageEvent<string>];
      const message = JSON.parse(data) as { id?: number; result?: Answer };
      if (message.id === id) return message.result ?? {};
    }
  }
}

/** Asks until there is an answer, for a minute at most. */
async function soon<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 120; tries++) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(500);
  }
  throw new Error('No answer within a minute');
}

interface Cell {
  getChars: () => string;
  getWidth: () => number;
  getFgColor: () => number;
  isFgDefault: () => boolean;
  isBold: () => number;
  isDim: () => number;
}

interface Terminal {
  write: (data: string, done: () => void) => void;
  buffer: {
    active: {
      length: number;
      getLine: (y: number) => { length: number; getCell: (x: number) => Cell | undefined } | undefined;
    };
  };
}

/** The sixteen colours of a dark terminal. */
const COLOURS =
  '#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 #6e7681 #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #f0f6fc'.split(
    ' ',
  );

/** What a terminal shows at the end of a record of its output. */
async function htmlOf(record: string): Promise<string> {
  const { Terminal } = createRequire(join(ROOT, 'docs/package.json'))('@xterm/headless') as {
    Terminal: new (options: object) => Terminal;
  };
  const terminal = new Terminal({ cols: COLUMNS, rows: ROWS, scrollback: 1_000, allowProposedApi: true });
  const text = (await readFile(record, 'utf8')).replace(/^Script started.*\n/, '').replace(/\n*Script done.*\n?$/, '');
  await new Promise<void>((done) => terminal.write(text, done));
  const lines = Array.from({ length: terminal.buffer.active.length }, (_, y) => lineOf(terminal, y));
  const body = lines.join('\n').trimEnd();
  const style = 'margin:0;padding:24px;background:#0d1117;color:#e6edf3;font:15px/1.4 "DejaVu Sans Mono",monospace';
  return `<!doctype html><meta charset="utf-8"><body style="margin:0;background:#0d1117"><pre style='${style}'>${body}</pre>`;
}

function lineOf(terminal: Terminal, y: number): string {
  const line = terminal.buffer.active.getLine(y);
  const cells = Array.from({ length: line?.length ?? 0 }, (_, x) => line?.getCell(x)).filter((cell) =>
    cell?.getWidth(),
  );
  return cells
    .map((cell) => htmlOfCell(cell!))
    .join('')
    .trimEnd();
}

function htmlOfCell(cell: Cell): string {
  const text = (cell.getChars() || ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const colour = cell.isFgDefault() ? undefined : COLOURS[cell.getFgColor()];
  const style = [
    colour && `color:${colour}`,
    cell.isBold() && 'font-weight:bold',
    cell.isDim() && 'opacity:.65',
  ].filter(Boolean);
  return style.length > 0 ? `<span style="${style.join(';')}">${text}</span>` : text;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { testBundle } from '../../support/bundle';
import { Gate } from '../../support/gate';
import { keepLog } from '../../support/logs';
import type { Setup } from './dev-server';
import type { WorkerMessage, WorkerProgramOptions } from './worker-program';

const PACKAGES = join(__dirname, '../../../node_modules');
let program: string | undefined;

/**
 * A worker that dies as processes die: at once, saying nothing. The process is there from the start, and takes no work before `run`. What
 * it logs is kept with the logs of the test file.
 */
export class WorkerProcess implements AsyncDisposable {
  readonly #process = fork((program ??= compiledProgram()), {
    execArgv: [],
    env: { ...process.env, NODE_PATH: PACKAGES },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

  readonly #running = new Gate();

  constructor() {
    this.#process.on('message', (message: WorkerMessage) => {
      if (message === 'running') this.#running.open();
      else keepLog(message.message, message.printed);
    });
  }

  /** Works on the test's queue; resolves when it polls. */
  async run(
    {
      env,
      client,
      api,
      queue,
      watch,
      workflowBundle = testBundle(),
    }: Setup & { workflowBundle?: { codePath: string } },
    identity: string,
    folder?: string,
    baseUrl = api.url,
  ): Promise<void> {
    const options: WorkerProgramOptions = {
      address: env.address,
      namespace: client.options.namespace,
      taskQueue: queue,
      ...workflowBundle,
      baseUrl,
      apiKey: api.apiKey,
      identity,
      folder,
      watch,
    };
    this.#process.send(options);
    const ended = once(this.#process, 'exit').then(([code]) =>
      Promise.reject(new Error(`The worker ended with ${code}.`)),
    );
    ended.catch(() => undefined);
    await Promise.race([this.#running.opened, ended]);
  }

  /** SIGTERM, as a deployment sends it: the worker shuts down. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** The worker's program, compiled once per test file, beside the bundle. Packages are found by NODE_PATH. */
function compiledProgram(): string {
  const outfile = join(dirname(testBundle().codePath), `worker-program-${process.pid}.js`);
  const entryPoints = [join(__dirname, 'worker-program.ts')];
  buildSync({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    packages: 'external',
    target: 'node20',
    logLevel: 'warning',
  });
  return outfile;
}

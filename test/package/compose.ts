import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { freePort } from '../support/free-port';

const ROOT = join(__dirname, '../..');
const run = promisify(execFile);

interface Service {
  command: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
}

/** Runs what docker-compose.yml runs, on this machine: the same programs and words, but for ports, host names and folders. */
export class Compose implements AsyncDisposable {
  readonly #services: Record<string, Service>;
  readonly #folder: string;
  readonly #replacements: [string, string][];
  readonly #children: ChildProcess[] = [];

  private constructor(services: Record<string, Service>, folder: string, replacements: [string, string][]) {
    this.#services = services;
    this.#folder = folder;
    this.#replacements = replacements;
  }

  /** @param app where the package and the compiled examples (`docker/worker.js`) are */
  static async open(folder: string, cli: string, app: { home: string; examples: string }): Promise<Compose> {
    const [frontend, ui, api] = [await freePort(), await freePort(), await freePort()];
    const bin = join(folder, 'bin');
    for (const path of [bin, join(folder, 'outputs')]) await mkdir(path);
    await symlink(cli, join(bin, 'temporal'));
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    const { services } = parse(text) as { services: Record<string, Service> };
    services['temporal']?.command.push(`--port=${frontend}`, `--ui-port=${ui}`);
    return new Compose(services, folder, [
      ['temporal:7233', `127.0.0.1:${frontend}`],
      ['127.0.0.1:7233', `127.0.0.1:${frontend}`],
      ['fake-api:8000', `127.0.0.1:${api}`],
      ['127.0.0.1:8000', `127.0.0.1:${api}`],
      ['8000', String(api)],
      ['/outputs', join(folder, 'outputs')],
      ['/app', app.home],
      ['dist/', `${app.home}/dist/`],
      ['examples/docker/worker.ts', `${app.examples}/docker/worker.js`],
    ]);
  }

  /** Starts a service, and waits until its own health check passes. */
  async start(name: string): Promise<void> {
    const { command, healthcheck } = this.#service(name);
    const [file, words] = commandOf(name, command);
    const child = spawn(file, words, { env: this.#env(name), stdio: 'ignore' });
    this.#children.push(child);
    const [, program = '', ...args] = healthcheck?.test ?? ['', 'true'];
    while (!(await this.#works(name, program, args))) {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      await sleep(200);
    }
  }

  /** Runs a service to its end. @returns what it prints */
  async run(name: string): Promise<string> {
    const [file, words] = commandOf(name, this.#service(name).command);
    return (await run(file, words, { env: this.#env(name) })).stdout;
  }

  /** Runs a script of the folder `docker` with the environment of a service. */
  async script(name: string, service: string, env: Record<string, string>): Promise<string> {
    return (await run('sh', [join(ROOT, 'docker', name)], { env: { ...this.#env(service), ...env } })).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill();
      await once(child, 'exit');
    }
  }

  #service(name: string): Service {
    const service = this.#services[name];
    if (!service) throw new Error(`No service ${name}`);
    return JSON.parse(JSON.stringify(service), (_key, value: unknown) => this.#replaced(value)) as Service;
  }

  #replaced(value: unknown): unknown {
    if (typeof value !== 'string') return value;
    return this.#replacements.reduce(
      (text, [from, to]) => (text.includes(to) ? text : text.replaceAll(from, to)),
      value,
    );
  }

  #env(name: string): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([key]) => !/^(TEMPORAL_|UNSTRUCTURED_)/.test(key));
    const path = [join(this.#folder, 'bin'), process.env['PATH']].join(delimiter);
    return { ...Object.fromEntries(inherited), ...this.#service(name).environment, PATH: path };
  }

  #works(name: string, program: string, args: string[]): Promise<boolean> {
    return run(program, args, { env: this.#env(name) }).then(
      () => true,
      () => false,
    );
  }
}

/** Images with an entry point of their own take words alone. */
function commandOf(name: string, [first = '', ...rest]: string[]): [file: string, words: string[]] {
  if (first !== 'node') return ['temporal', [first, ...rest]];
  const words = name === 'worker' ? rest.slice(2) : rest; // compiled: no loader
  return [process.execPath, words];
}

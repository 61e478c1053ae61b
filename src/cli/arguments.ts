import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isJobId } from '../core/job';
import { UsageError } from './errors';
import { DEMO_HELP, FAKE_API_HELP, HELP } from './help';
import { nearest } from './nearest';

type Environment = Readonly<Record<string, string | undefined>>;

/** How the demo runs. */
export interface DemoOptions {
  keep: boolean;
  verbose: boolean;
  /** Ports of the demo's own Temporal dev server; undefined where any free port will do. */
  port?: number;
  uiPort?: number;
  /** Web UI of a server that was named. */
  uiUrl?: string;
  /** A job of the real API, instead of jobs of the fake one. */
  real?: { jobId: string; apiKey: string; baseUrl?: string };
}

export interface FakeApiOptions {
  port: number;
  host?: string;
  apiKey?: string;
  demoJobs: boolean;
  /** What ids are made from; undefined for ids of its own. */
  seed?: string;
}

export type Command =
  | { name: 'help'; text: string }
  | { name: 'version' }
  | { name: 'demo'; options: DemoOptions }
  | { name: 'fakeApi'; options: FakeApiOptions };

const COMMANDS = ['demo', 'fake-api'];

/**
 * Reads what the program was called with.
 * @param args without the program's own name
 * @throws UsageError
 */
export function parseCommand(args: readonly string[], env: Environment): Command {
  const [name, ...rest] = args;
  if (name === 'demo') return parseDemo(rest, env);
  if (name === 'fake-api') return parseFakeApi(rest);
  if (name !== undefined && !name.startsWith('-')) {
    const near = nearest(name, COMMANDS);
    const hint = near === undefined ? '' : `did you mean ${near}? `;
    throw new UsageError(
      `Unknown command '${name}'; ${hint}${hint ? 'There' : 'there'} are ${COMMANDS.join(' and ')}.`,
    );
  }
  if (name === undefined) return { name: 'help', text: HELP };
  const { help, version } = parse(args, { help: FLAG.help, version: { type: 'boolean' } });
  if (version) return { name: 'version' };
  if (help) return { name: 'help', text: HELP };
  throw new UsageError(`A command is missing; there are ${COMMANDS.join(' and ')}.`);
}

const FLAG = { help: { type: 'boolean', short: 'h' }, port: { type: 'string' } } as const;

function parseDemo(args: readonly string[], env: Environment): Command {
  const values = parse(args, {
    help: FLAG.help,
    keep: { type: 'boolean' },
    verbose: { type: 'boolean' },
    port: FLAG.port,
    'ui-port': FLAG.port,
    'ui-url': { type: 'string' },
    'job-id': { type: 'string' },
  });
  if (values.help) return { name: 'help', text: DEMO_HELP };
  const options: DemoOptions = {
    keep: values.keep ?? false,
    verbose: values.verbose ?? false,
    port: parsePort('--port', values.port, 1),
    uiPort: parsePort('--ui-port', values['ui-port'], 1),
    uiUrl: parseUrl('--ui-url', values['ui-url']) ?? parseUrl('TEMPORAL_UI_URL', env['TEMPORAL_UI_URL']),
    real: parseRealJob(values['job-id'], env),
  };
  if (options.port !== undefined && options.port === options.uiPort) {
    throw new UsageError(`--port and --ui-port must differ; both are ${options.port}.`);
  }
  return { name: 'demo', options };
}

function parseFakeApi(args: readonly string[]): Command {
  const values = parse(args, {
    help: FLAG.help,
    port: FLAG.port,
    host: { type: 'string' },
    'api-key': { type: 'string' },
    seed: { type: 'string' },
    'demo-jobs': { type: 'boolean' },
  });
  if (values.help) return { name: 'help', text: FAKE_API_HELP };
  return {
    name: 'fakeApi',
    options: {
      port: parsePort('--port', values.port, 0) ?? 0,
      host: parseText('--host', values.host),
      apiKey: parseText('--api-key', values['api-key']),
      demoJobs: values['demo-jobs'] ?? false,
      seed: parseText('--seed', values.seed),
    },
  };
}

function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s/, 1);
    const [, unknown] = /^Unknown option '--([^']+)'/.exec(sentence) ?? [];
    const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(options));
    const hint = near === undefined ? '' : `did you mean --${near}? `;
    throw new UsageError(`${sentence.replace(/\.$/, '')}; ${hint}--help shows what there is.`);
  }
}

function parsePort(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  if (port >= least && port <= 65_535) return port;
  throw new UsageError(`${name} must be a port from ${least} to 65535; got '${value}'.`);
}

function parseUrl(name: string, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (URL.canParse(value) && /^https?:/i.test(value)) return value.replace(/\/+$/, '');
  throw new UsageError(`${name} must be a URL such as http://localhost:8233; got '${value}'.`);
}

function parseText(name: string, value: string | undefined): string | undefined {
  if (value === '') throw new UsageError(`${name} must not be empty.`);
  return value;
}

/** The key comes from the environment alone: arguments are seen by everyone on the machine. */
function parseRealJob(jobId: string | undefined, env: Environment): DemoOptions['real'] {
  if (jobId === undefined) return undefined;
  const shown = jobId.slice(0, 80);
  if (!isJobId(jobId)) throw new UsageError(`--job-id must be the uuid of a job; got '${shown}'.`);
  const apiKey = env['UNSTRUCTURED_API_KEY'];
  if (!apiKey) throw new UsageError('--job-id awaits a real job, which needs UNSTRUCTURED_API_KEY in the environment.');
  return { jobId: jobId.toLowerCase(), apiKey, baseUrl: env['UNSTRUCTURED_API_URL'] || undefined };
}

import { isJobId } from '../core/job';
import { parseRun, type BatchCommand } from './run/arguments';
import { readAccount } from './support/named-account';
import type { DemoOptions } from './demo/options';
import { UsageError } from './support/errors';
import { DEMO_HELP, FAKE_API_HELP, HELP, RUN_HELP } from './help';
import { nearest } from './support/nearest';
import { type Environment, FLAG, parse, parsePort, parseText, parseUrl } from './support/options';

export interface FakeApiOptions {
  port: number;
  host?: string;
  apiKey?: string;
  demoJobs: boolean;
  /** Text from which ids are made; undefined for new ids each time. */
  seed?: string;
}

export type Command =
  | { name: 'help'; text: string }
  | { name: 'version' }
  | { name: 'run'; options: BatchCommand }
  | { name: 'demo'; options: DemoOptions }
  | { name: 'fakeApi'; options: FakeApiOptions };

const COMMANDS = ['run', 'demo', 'fake-api'];
const KNOWN = `${COMMANDS.slice(0, -1).join(', ')} and ${COMMANDS.at(-1)}`;
const THERE_ARE = `there are ${KNOWN}.`;

/**
 * Reads the program's arguments.
 * @param args Without the program's own name
 * @throws UsageError
 */
export function parseCommand(args: readonly string[], env: Environment): Command {
  const [name, ...rest] = args;
  if (name === 'run') return parseRun(rest, env) ?? { name: 'help', text: RUN_HELP };
  if (name === 'demo') return parseDemo(rest, env);
  if (name === 'fake-api') return parseFakeApi(rest);
  if (name !== undefined && !name.startsWith('-')) {
    const near = nearest(name, COMMANDS);
    const hint = near === undefined ? THERE_ARE : `did you mean ${near}? There are ${KNOWN}.`;
    throw new UsageError(`Unknown command '${name}'; ${hint}`);
  }
  if (name === undefined) return { name: 'help', text: HELP };
  const { help, version } = parse(args, { help: FLAG.help, version: { type: 'boolean' } });
  if (version) return { name: 'version' };
  if (help) return { name: 'help', text: HELP };
  throw new UsageError(`A command is missing; ${THERE_ARE}`);
}

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
    uiUrl: parseUrl('--ui-url', values['ui-url']) ?? parseUrl('TEMPORAL_UI_URL', env['TEMPORAL_UI_URL'] || undefined),
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

function parseRealJob(jobId: string | undefined, env: Environment): DemoOptions['real'] {
  if (jobId === undefined) return undefined;
  const shown = jobId.slice(0, 80);
  if (!isJobId(jobId)) throw new UsageError(`--job-id must be the uuid of a job; got '${shown}'.`);
  const account = readAccount(env);
  if (!account)
    throw new UsageError('--job-id awaits a real job, which needs UNSTRUCTURED_API_KEY in the environment.');
  return { jobId: jobId.toLowerCase(), ...account };
}

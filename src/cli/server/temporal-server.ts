import type * as EnvConfig from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Cleanup } from '../support/cleanup';
import { CliError, reasonText, UsageError } from '../support/errors';
import { orAborted } from '../../common/or-aborted';
import type { Environment } from '../support/options';
import { DevServer, type DevServerOptions } from './dev-server';

/** Variables that name a server. A default profile in the configuration file does not count: a program uses a server only if it is told to. */
const NAMING_VARIABLES = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

/** Which server to use, and the options of the program's own server. */
export interface ServerOptions extends Omit<DevServerOptions, 'log'> {
  /** Web UI of the server that the environment names. */
  uiUrl?: string | undefined;
  /** Whether the program always starts its own server, whatever the environment names. */
  isAlwaysOwn?: boolean | undefined;
}

/** What starting a server needs from the program. */
export interface Starting {
  cleanup: Cleanup;
  signal: AbortSignal;
  /** Receives the output of a dev server. */
  log?: DevServerOptions['log'];
}

/** A Temporal server to work with. */
export interface TemporalServer {
  /** Whether it is the program's own server, which ends with the program. */
  isOwn: boolean;
  address: string;
  namespace: string;
  connection: NativeConnection;
  /** Base URL of the Web UI, if it is known. */
  uiUrl?: string | undefined;
  /** Rejects if the program's own server ends. */
  broken?: Promise<never>;
}

/** The variable that names the server to use; undefined if the program starts its own. */
export function serverVariable(env: Environment = process.env): string | undefined {
  return NAMING_VARIABLES.find((name) => env[name]);
}

/**
 * Connects to the server that the environment names, or starts a dev server.
 * @throws UsageError if the options contradict the environment
 * @throws CliError if no server is available
 */
export async function openTemporalServer(
  { uiUrl, isAlwaysOwn, ...options }: ServerOptions,
  starting: Starting,
): Promise<TemporalServer> {
  const variable = isAlwaysOwn ? undefined : serverVariable();
  if (variable === undefined) return startOwn(options, starting);
  if (options.port ?? options.uiPort) {
    throw new UsageError(
      `--port and --ui-port are for a dev server of the program's own, but ${variable} names a server.`,
    );
  }
  const { connectionOptions, namespace = 'default' } = readConfig(variable);
  const { address } = connectionOptions;
  if (!address) throw new CliError(`${variable} is set, but no address of a Temporal server comes with it.`);
  const connection = await connect(
    connectionOptions,
    `No Temporal server answers at ${address}, which ${variable} names`,
    starting,
  );
  return { isOwn: false, address, namespace, connection, uiUrl };
}

async function startOwn(
  options: Omit<DevServerOptions, 'log'>,
  { cleanup, signal, log }: Starting,
): Promise<TemporalServer> {
  const server = await DevServer.start({ ...options, log });
  cleanup.add(() => server.stop());
  const address = await orAborted(signal, server.address);
  const connection = await connect({ address }, `The dev server at ${address} does not answer`, { cleanup, signal });
  const { uiUrl, broken } = server;
  return { isOwn: true, address, namespace: 'default', connection, uiUrl, broken };
}

function readConfig(variable: string): EnvConfig.ClientConnectConfig {
  try {
    return loadEnvConfig().loadClientConnectConfig();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`The Temporal configuration that ${variable} names can't be read: ${reasonText(error)}`, 1, {
      cause: error,
    });
  }
}

/** Loaded on use, because it is an optional peer. */
function loadEnvConfig(): typeof EnvConfig {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@temporalio/envconfig') as typeof EnvConfig;
  } catch (cause) {
    throw new CliError('TEMPORAL_* variables need @temporalio/envconfig: npm install @temporalio/envconfig', 1, {
      cause,
    });
  }
}

async function connect(
  options: EnvConfig.ClientConnectConfig['connectionOptions'],
  what: string,
  { cleanup, signal }: Starting,
): Promise<NativeConnection> {
  const connecting = NativeConnection.connect(options);
  cleanup.add(() => connecting.then((connection) => connection.close()));
  try {
    return await orAborted(signal, connecting);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CliError(`${what}: ${transportReason(reasonText(error))}.`, 1, { cause: error });
  }
}

/** The operating system's message for a failed connection, if the error structure that the SDK's core prints contains it. */
function transportReason(text: string): string {
  return /\b(?:message|error): "([^"]+)"/.exec(text)?.[1] ?? text;
}

/** Address of a workflow in Temporal's Web UI. */
export function workflowUrl(uiUrl: string, namespace: string, workflowId: string): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

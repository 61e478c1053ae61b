import type * as EnvConfig from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Cleanup } from '../support/cleanup';
import { CliError, reasonText, UsageError } from '../support/errors';
import { orAborted } from '../../common/or-aborted';
import type { Environment } from '../support/options';
import { DevServer, type DevServerOptions } from './dev-server';

/** Variables that name a server. A default profile in the configuration file does not: a program runs only where it was told to. */
const NAMING_VARIABLES = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

/** Which server, and what the program's own is like. */
export interface ServerOptions extends Omit<DevServerOptions, 'log'> {
  /** Web UI of a server that is named. */
  uiUrl?: string | undefined;
  /** Whether the program brings its own, whatever the environment names. */
  isAlwaysOwn?: boolean | undefined;
}

/** What a start hands over to the program, and takes from it. */
export interface Starting {
  cleanup: Cleanup;
  signal: AbortSignal;
  /** Takes what a dev server prints. */
  log?: DevServerOptions['log'];
}

/** A Temporal server to work with. */
export interface TemporalServer {
  /** Whether it is the program's own, and goes with it. */
  isOwn: boolean;
  address: string;
  namespace: string;
  connection: NativeConnection;
  /** Base URL of the Web UI, where it is known. */
  uiUrl?: string | undefined;
  /** Rejects where the program's own server ends. */
  broken?: Promise<never>;
}

/** The variable that names a server to use; undefined where the program brings its own. */
export function serverVariable(env: Environment = process.env): string | undefined {
  return NAMING_VARIABLES.find((name) => env[name]);
}

/**
 * Connects to the server that the environment names, or starts a dev server.
 * @throws UsageError where options and environment don't go together
 * @throws CliError where no server can be had
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

/** Loaded on use: an optional peer. */
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

/** What the operating system says, where that stands in the structure that the SDK's core prints of a connection that failed. */
function transportReason(text: string): string {
  return /\b(?:message|error): "([^"]+)"/.exec(text)?.[1] ?? text;
}

/** Address of a workflow in Temporal's Web UI. */
export function workflowUrl(uiUrl: string, namespace: string, workflowId: string): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

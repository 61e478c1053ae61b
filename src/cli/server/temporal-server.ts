import type * as EnvConfig from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { DemoOptions } from '../arguments';
import type { Cleanup } from '../cleanup';
import { CliError, reasonText, UsageError } from '../errors';
import { orAborted } from '../../common/or-aborted';
import { DevServer } from './dev-server';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name a server. A default profile in the configuration file does not: a demo runs only where it was told to. */
const NAMING_VARIABLES = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

/** A Temporal server to work with. */
export interface TemporalServer {
  /** Whether it is the demo's own, and goes with it. */
  isOwn: boolean;
  address: string;
  namespace: string;
  connection: NativeConnection;
  /** Base URL of the Web UI, where it is known. */
  uiUrl?: string;
}

/** The variable that names a server to use; undefined where the demo brings its own. */
export function serverVariable(env: Environment = process.env): string | undefined {
  return NAMING_VARIABLES.find((name) => env[name]);
}

/**
 * Connects to the server that the environment names, or starts a dev server.
 * @throws UsageError where options and environment don't go together
 * @throws CliError where no server can be had
 */
export async function openTemporalServer(
  options: Pick<DemoOptions, 'port' | 'uiPort' | 'uiUrl'>,
  { cleanup, signal, log }: { cleanup: Cleanup; signal: AbortSignal; log?: (text: string) => void },
): Promise<TemporalServer> {
  const variable = serverVariable();
  if (variable === undefined) return startOwn(options, { cleanup, signal, log });
  if (options.port ?? options.uiPort) {
    throw new UsageError(
      `--port and --ui-port are for a dev server of the demo's own, but ${variable} names a server.`,
    );
  }
  const { connectionOptions, namespace = 'default' } = readConfig(variable);
  const { address } = connectionOptions;
  if (!address) throw new CliError(`${variable} is set, but no address of a Temporal server comes with it.`);
  const connection = await connect(connectionOptions, `No Temporal server answers at ${address}`, { cleanup, signal });
  return { isOwn: false, address, namespace, connection, uiUrl: options.uiUrl };
}

async function startOwn(
  { port, uiPort }: Pick<DemoOptions, 'port' | 'uiPort'>,
  { cleanup, signal, log }: { cleanup: Cleanup; signal: AbortSignal; log?: (text: string) => void },
): Promise<TemporalServer> {
  const server = await DevServer.start({ port, uiPort, log });
  cleanup.add(() => server.stop());
  const address = await orAborted(signal, server.address);
  const connection = await connect({ address }, `The dev server at ${address} does not answer`, { cleanup, signal });
  return { isOwn: true, address, namespace: 'default', connection, uiUrl: server.uiUrl };
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
  { cleanup, signal }: { cleanup: Cleanup; signal: AbortSignal },
): Promise<NativeConnection> {
  const connecting = NativeConnection.connect(options);
  cleanup.add(() => connecting.then((connection) => connection.close()));
  try {
    return await orAborted(signal, connecting);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CliError(`${what}: ${reasonText(error)}`, 1, { cause: error });
  }
}

/** Address of a workflow in Temporal's Web UI. */
export function workflowUrl(uiUrl: string, namespace: string, workflowId: string): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

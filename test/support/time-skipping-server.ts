import { spawn } from 'node:child_process';
import type { TestWorkflowEnvironment, TimeSkippingTestWorkflowEnvironmentOptions } from '@temporalio/testing';
import { findTestServer } from '../../src/testing/find-server';
import { freePort } from './free-port';

/** Ends the server with this process, however that ends: then the pipe closes which is its standard input. */
const SERVE = 'exec 3<&0; "$0" "$1" 3<&- & server=$!; { cat <&3; kill "$server"; } & wait "$server"';

/** Where the SDK starts a server, this runs in its place, for as many seconds as the port it is given. */
const NOTHING = '/bin/sleep';

const LONGEST_SKIP_MS = 3000;

let running: { port: number; stop: () => void } | undefined;

/**
 * For the environment of a test file: the server of this process, which its files use one after another, each in a namespace of its own. A JVM
 * that just started costs seconds of computing in each file. Where the SDK downloads its own server, each environment starts it.
 */
export async function serverOptions(): Promise<TimeSkippingTestWorkflowEnvironmentOptions['server']> {
  const path = findTestServer('time-skipping').executable?.path;
  if (path === undefined) return undefined;
  running ??= start(path, await freePort());
  return { port: running.port, executable: { type: 'existing-path', path: NOTHING } };
}

function start(path: string, port: number): NonNullable<typeof running> {
  const shell = spawn('/bin/sh', ['-c', SERVE, path, String(port)], { stdio: ['pipe', 'ignore', 'ignore'] });
  const server = { port, stop: () => void shell.stdin.end() };
  shell.once('exit', () => {
    if (running === server) running = undefined;
  });
  return server;
}

/** The next environment gets a new server. */
export function stopServer(): void {
  running?.stop();
  running = undefined;
}

/** Leaves the server to the next file only as that needs it: no workflow is open, and nothing holds the clock. */
export async function handServerOn(env: TestWorkflowEnvironment): Promise<void> {
  const isFree = !(await hasOpenWorkflows(env)) && (await canSkip(env));
  if (!isFree) stopServer();
}

async function hasOpenWorkflows({ client, connection }: TestWorkflowEnvironment): Promise<boolean> {
  const { namespace } = client.options;
  const { executions } = await connection.workflowService.listOpenWorkflowExecutions({ namespace });
  return executions.length > 0;
}

/** Whether an hour takes a moment. */
function canSkip(env: TestWorkflowEnvironment): Promise<boolean> {
  const skip = env.connection.withDeadline(Date.now() + LONGEST_SKIP_MS, () => env.sleep('1 hour'));
  return skip.then(
    () => true,
    () => false,
  );
}

import { spawn } from 'node:child_process';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type { TestWorkflowEnvironment, TimeSkippingTestWorkflowEnvironmentOptions } from '@temporalio/testing';
import { findTestServer } from '../../src/testing/find-server';
import { freePort } from './free-port';

/** Ends the server with this process, however that ends: then the pipe closes which is its standard input. */
const SERVE = 'exec 3<&0; "$0" "$1" 3<&- & server=$!; { cat <&3; kill "$server"; } & wait "$server"';

/** Where the SDK starts a server, this runs in its place, for as many seconds as the port it is given. */
const NOTHING = '/bin/sleep';

/** In it, a minute passes only if somebody let the clock run. */
const STANDING_MS = 200;
/** In it, a minute passes unless something holds the clock. */
const LONGEST_SKIP_MS = 3000;
/** Each file leaves the clock further ahead, some of them by decades. */
const LATEST = Date.UTC(3000);

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

/**
 * Leaves the server to the next file only as that needs it: no workflow is open, the clock stands unless somebody waits, and it is not far ahead
 * of the calendar.
 */
export async function handServerOn(env: TestWorkflowEnvironment): Promise<void> {
  const isFree = await isAsNew(env).catch(() => false);
  if (!isFree) stopServer();
}

/** Whether the next file can use the server. */
export async function isAsNew(env: TestWorkflowEnvironment): Promise<boolean> {
  const { connection, client } = env;
  const { namespace } = client.options;
  const { executions } = await connection.workflowService.listOpenWorkflowExecutions({ namespace });
  const { testService } = connection;
  if (!testService || executions.length > 0) return false;
  const duration = msToTs('1 minute');
  if (await passes(connection, STANDING_MS, () => testService.sleep({ duration }))) return false;
  const canSkip = await passes(connection, LONGEST_SKIP_MS, () =>
    testService.unlockTimeSkippingWithSleep({ duration }),
  );
  return canSkip && (await env.currentTimeMs()) < LATEST;
}

/** Whether something of the clock comes to its end in so many real milliseconds. */
function passes(connection: Connection, ms: number, call: () => Promise<unknown>): Promise<boolean> {
  return connection.withDeadline(Date.now() + ms, call).then(
    () => true,
    () => false,
  );
}

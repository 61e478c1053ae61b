import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { cachedTestServer, findTestServer } from '../../src/testing/find-server';
import { freePort } from '../../test/support/free-port';
import { TEST_SERVER_ARCHIVE, TEST_SERVER_SCRIPT } from './build-test-server';

const LONGEST_MS = 60_000;
const TRIES = 100;
const QUEUE = 'archive';

const {
  COMMAND_TYPE_START_TIMER: START_TIMER,
  COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK: SCHEDULE_ACTIVITY,
  COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION: CANCEL_WORKFLOW,
} = temporal.api.enums.v1.CommandType;

const COMMANDS: temporal.api.command.v1.ICommand[] = [
  {
    commandType: START_TIMER,
    startTimerCommandAttributes: { timerId: '1', startToFireTimeout: msToTs('1 day') },
  },
  {
    commandType: SCHEDULE_ACTIVITY,
    scheduleActivityTaskCommandAttributes: {
      activityId: '2',
      activityType: { name: 'archived' },
      taskQueue: { name: QUEUE },
      scheduleToCloseTimeout: msToTs('1 minute'),
      heartbeatTimeout: msToTs('30 seconds'),
    },
  },
];

/**
 * Keeps the classes of the time-skipping server in the cache beside its jars, as the JVM has them in memory: with them a server starts with less
 * than half of the work. Harmless where that is done, or another server is taken. Where it fails, servers start without.
 */
export async function archiveClasses(): Promise<void> {
  const { folder, path } = cachedTestServer('time-skipping');
  const archive = join(folder, TEST_SERVER_ARCHIVE);
  if (findTestServer('time-skipping').executable?.path !== path || existsSync(archive)) return;
  const own = `${archive}.${process.pid}`; // another process may be doing the same
  try {
    await writeScript(path);
    await runOnce(path, own);
    await rename(own, archive);
  } catch (error) {
    await rm(own, { force: true });
    console.warn(`The time-skipping server starts without an archive of its classes: ${(error as Error).message}`);
  }
}

/** One that was written before there were archives makes way. */
async function writeScript(script: string): Promise<void> {
  const own = `${script}.${process.pid}`;
  await writeFile(own, TEST_SERVER_SCRIPT);
  await chmod(own, 0o755);
  await rename(own, script);
}

/** Starts the server, has it do what it does in tests, and ends it: at its end the JVM writes the archive. */
async function runOnce(script: string, archive: string): Promise<void> {
  const port = await freePort();
  const server = spawn(script, [String(port)], {
    env: { ...process.env, TEST_SERVER_CLASSES: `-XX:ArchiveClassesAtExit=${archive}` },
    stdio: 'ignore',
    timeout: LONGEST_MS,
  });
  const ended = once(server, 'exit');
  const early = ended.then(() => Promise.reject(new Error('it ended')));
  early.catch(() => undefined);
  try {
    await Promise.race([use(`127.0.0.1:${port}`), early]);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

/** Has the server serve a workflow with a timer and an activity, a signal, and a cancellation. */
async function use(address: string): Promise<void> {
  const connection = await connect(address);
  try {
    const client = new Client({ connection });
    const { workflowService } = connection;
    const poll = { namespace: client.options.namespace, taskQueue: { name: QUEUE }, identity: QUEUE };
    const handle = await client.workflow.start('archived', { taskQueue: QUEUE, workflowId: 'archived' });
    const first = await workflowService.pollWorkflowTaskQueue(poll);
    await workflowService.respondWorkflowTaskCompleted({ ...poll, taskToken: first.taskToken, commands: COMMANDS });
    const activity = await workflowService.pollActivityTaskQueue(poll);
    await workflowService.recordActivityTaskHeartbeat({ ...poll, taskToken: activity.taskToken });
    const failure = { message: 'archived', applicationFailureInfo: { type: 'Archived', nonRetryable: true } };
    await workflowService.respondActivityTaskFailed({ ...poll, taskToken: activity.taskToken, failure });
    await handle.signal('archived', 'archived');
    await handle.cancel();
    await handle.describe();
    const second = await workflowService.pollWorkflowTaskQueue(poll);
    const commands = [{ commandType: CANCEL_WORKFLOW, cancelWorkflowExecutionCommandAttributes: {} }];
    await workflowService.respondWorkflowTaskCompleted({ ...poll, taskToken: second.taskToken, commands });
    await handle.result().catch(() => undefined);
    await handle.fetchHistory();
  } finally {
    await connection.close();
  }
}

async function connect(address: string): Promise<Connection> {
  for (let left = TRIES; ; left--) {
    try {
      return await Connection.connect({ address, connectTimeout: '1 second' });
    } catch (error) {
      if (left === 0) throw error;
      await sleep(100);
    }
  }
}

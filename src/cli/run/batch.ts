import { Client } from '@temporalio/client';
import { toLocations } from '../../core/batch/manifest';
import { orAborted } from '../../common/or-aborted';
import { type RunJobsHandle, startRunJobs } from '../../client/start-run-jobs';
import { UnstructuredPlugin } from '../../plugin';
import type { StorageOptions } from '../../storage/options';
import type { Cleanup } from '../support/cleanup';
import { CliError, reasonText } from '../support/errors';
import { Interrupted } from '../support/interruption';
import { openTemporalServer, serverVariable, type TemporalServer, workflowUrl } from '../server/temporal-server';
import { untilReached } from '../server/until-reached';
import { BatchObserver } from '../view/batch-observer';
import { follow } from '../view/follow';
import { shownLocation } from '../view/render-batch';
import { showBatch } from '../view/render-batch-progress';
import type { Screen } from '../view/screen';
import { bundleWorkflows, installRuntime, ProgramWorker } from '../support/worker';
import { openAccount } from './account';
import type { BatchCommand } from './arguments';
import { type EndedBatch, awaitEnd, notOver, NotOverError } from './end';
import { joinedOptions, memoOfOptions } from './joined';
import { taskQueueOf } from './key';
import { shownPlace } from './places';
import { WrittenBatch } from './records';
import { openState } from './state';
import { openStorage } from './storage';

/** What performing a batch needs. */
interface Performance {
  command: BatchCommand;
  screen: Screen;
  signal: AbortSignal;
  cleanup: Cleanup;
}

/** Everything that a batch needs, set up and running. */
interface Ready {
  server: TemporalServer;
  worker: ProgramWorker;
  written: WrittenBatch;
  handle: RunJobsHandle;
  /** Whether the batch had ended before. */
  isOld: boolean;
}

/** How often a server that the environment names is queried, in milliseconds. Each query may cost money. */
const ASK_NAMED_EVERY_MS = 5_000;

/**
 * Runs a batch to its end, with a worker of its own. If the environment names no Temporal server, the program starts one.
 * @throws CliError, with exit code 2 if nothing was started; the signal's reason
 */
export async function performBatch(performance: Performance): Promise<EndedBatch> {
  const { command, screen, signal } = performance;
  const { server, worker, written, handle, isOld } = await setUp(performance).catch(asSetUp);
  const stopped = worker.broken.catch((error: unknown) => Promise.reject(notOver(error)));
  const gone = server.broken?.catch((error: unknown) => {
    throw new NotOverError(reasonText(error), 1, { cause: error });
  });
  const broken = Promise.race([stopped, ...(gone ? [gone] : [])]);
  broken.catch(() => undefined);
  const observer = new BatchObserver(handle);
  const refresh = async () => showBatch(await observer.look(Date.now()));
  const isBegun = () => written.isPlanned(command.batch);
  const ending = Promise.race([awaitEnd(handle, written, { signal, isBegun }), broken]);
  ending.catch(() => undefined);
  const everyMs = server.isOwn ? undefined : ASK_NAMED_EVERY_MS;
  const ended = await orAborted(signal, follow(ending, { refresh, everyMs }, screen, signal));
  return { ...ended, isOld };
}

async function setUp(performance: Performance): Promise<Ready> {
  const { command, screen, signal, cleanup } = performance;
  const { batch, from, to, verbose } = command;
  installRuntime(verbose);
  const storage = await orAborted(signal, openStorage(from, to));
  const { api, account } = await openAccount(command.account, { cleanup, signal });
  const written = new WrittenBatch(storage, batch.key, to, signal);
  cleanup.add(() => written.close());
  const bundling = bundleWorkflows(require.resolve('./workflows'));
  const server = await openServer(performance);
  const worker = await startWorker(performance, { server, storage, account, bundling });
  if (!command.account) await orAborted(signal, written.forgetBegunJobs());
  const isOld = (await orAborted(signal, written.manifest())) !== undefined;
  screen.print(introduction(performance, server, api));
  const client = new Client({ connection: server.connection, namespace: server.namespace });
  const workflow = { memo: memoOfOptions(batch) };
  const options = { ...batch, taskQueue: taskQueueOf(batch.key, { from, to }), workflow };
  const handle = await orAborted(
    signal,
    untilReached(() => startRunJobs(client, options), signal),
  );
  const { memo } = await orAborted(
    signal,
    untilReached(() => handle.describe(), signal),
  );
  const other = joinedOptions(batch, memo);
  if (other !== undefined) screen.print(other);
  return { server, worker, written, handle, isOld };
}

/** With a fake API, nothing outlives the program: its jobs end with the program, and so does Temporal's knowledge of them. */
async function openServer({ command, cleanup, signal }: Performance): Promise<TemporalServer> {
  const { batch, to, account, verbose } = command;
  const log = verbose ? (text: string) => void process.stderr.write(text) : undefined;
  const starting = { cleanup, signal, log };
  if (account && serverVariable() !== undefined) return openTemporalServer({}, starting);
  const folder = await openState(batch.key, to);
  return openTemporalServer(account ? { folder, keepsState: true } : { folder, isAlwaysOwn: true }, starting);
}

async function startWorker(
  { command, cleanup, signal }: Performance,
  {
    server: { connection, namespace, isOwn },
    storage,
    account,
    bundling,
  }: {
    server: TemporalServer;
    storage: StorageOptions;
    account: NonNullable<BatchCommand['account']>;
    bundling: ReturnType<typeof bundleWorkflows>;
  },
): Promise<ProgramWorker> {
  // The program's own server has no watches. Otherwise, the next program would have to wait until the lease of a killed program ends.
  const plugin = new UnstructuredPlugin({ ...account, ...storage, ...(isOwn && { watch: false as const }) });
  const workflowBundle = await orAborted(signal, bundling);
  const taskQueue = taskQueueOf(command.batch.key, command);
  const options = { connection, namespace, workflowBundle, plugins: [plugin], taskQueue };
  return ProgramWorker.start(options, cleanup, signal);
}

function introduction({ command, screen }: Performance, server: TemporalServer, api: string): string {
  const { batch, latest, from, to, account } = command;
  const earlier = toLocations(batch.unlessIn);
  const { bold } = screen.paint;
  const { isOwn, address, namespace, uiUrl } = server;
  const kind = isOwn ? `dev server${account ? '' : ' in memory'} ` : '';
  return [
    `${bold('Batch')}     ${batch.key}`,
    `${bold('From')}      ${shownPlace(from)}`,
    `${bold('To')}        ${shownPlace(to)}`,
    ...earlier.map((location) => `${bold('Unless in')} ${shownLocation(location)}`),
    ...(latest && earlier.length === 0 ? [`${bold('Unless in')} there is no manifest of these documents yet`] : []),
    `${bold('API')}       ${api}`,
    `${bold('Temporal')}  ${kind}${address}, namespace ${namespace}`,
    ...(uiUrl === undefined ? [] : [`${bold('Web UI')}    ${workflowUrl(uiUrl, namespace, batch.key)}`]),
    '',
  ].join('\n');
}

function asSetUp(error: unknown): never {
  if (error instanceof Interrupted) throw error;
  throw new CliError(reasonText(error), 2, { cause: error });
}

import { Client } from '@temporalio/client';
import { UnstructuredPlugin } from '../../plugin';
import { Cleanup } from '../support/cleanup';
import { CliError, reasonText } from '../support/errors';
import { orAborted } from '../../common/or-aborted';
import { bundleWorkflows, installRuntime, ProgramWorker } from '../support/worker';
import { openTemporalServer, type TemporalServer, workflowUrl } from '../server/temporal-server';
import { follow } from '../view/follow';
import { showJobs } from '../view/render-progress';
import { type Finished, renderResult } from '../view/render-result';
import type { Screen } from '../view/screen';
import { Observer } from '../view/observer';
import { createRunNames, type RunNames } from './names';
import { fakeScenario, realScenario, type Scenario } from './scenario';
import { BATCH_NAME, endOfBatch, startDemoBatch } from './batch';
import { RUN_NAME, startAwaiting, startDemoRun } from './start';
import type { DemoOptions } from './options';

interface Run {
  options: DemoOptions;
  names: RunNames;
  screen: Screen;
  cleanup: Cleanup;
  signal: AbortSignal;
}

/**
 * Runs the demo to its end, and stops everything that it started, even if it is interrupted.
 * @throws CliError, or the signal's reason
 */
export async function runDemo(options: DemoOptions, screen: Screen, signal: AbortSignal): Promise<void> {
  installRuntime(options.verbose);
  const cleanup = new Cleanup();
  try {
    await demo({ options, names: createRunNames(), screen, cleanup, signal });
  } finally {
    screen.settle();
    if (signal.aborted) screen.print('Stopping …');
    await cleanup.run();
  }
}

async function demo(run: Run): Promise<void> {
  const { options, names, screen, cleanup, signal } = run;
  const scenario = options.real ? realScenario(options.real) : await fakeScenario(names.seed, cleanup, signal);
  const plugin = new UnstructuredPlugin(scenario.account);

  const bundling = bundleWorkflows(require.resolve('./workflows'));
  const log = options.verbose ? (text: string) => void process.stderr.write(text) : undefined;
  const server = await openTemporalServer(options, { cleanup, signal, log });
  const { connection, namespace } = server;
  const workflowBundle = await orAborted(signal, bundling);
  const workerOptions = { connection, namespace, workflowBundle, plugins: [plugin], taskQueue: names.taskQueue };
  const worker = await ProgramWorker.start(workerOptions, cleanup, signal);

  screen.print(introduction(run, server, scenario));
  const finished = await orAborted(signal, Promise.race([runAll(run, server, scenario), worker.broken]));
  screen.settle();
  screen.print(`\n${renderResult(finished, screen.width, screen.paint)}`);
  const deviations = scenario.judge(finished);
  const { good, bad, dim } = screen.paint;
  if (server.isOwn && !options.keep) screen.print(dim('  The Web UI ends with the demo; --keep leaves it up.'));
  if (deviations.length === 0) screen.print(`\n${good(scenario.success)}`);
  if (options.keep) {
    for (const deviation of deviations) screen.print(`\n${bad(deviation)}`);
    screen.print(`Everything stays up for browsing${scenario.files ? ', files included,' : ''} until Ctrl-C.`);
    await orAborted(signal, worker.broken);
  }
  if (deviations.length > 0) throw new CliError(deviations.join(' '));
}

function introduction({ names, screen }: Run, server: TemporalServer, { api, jobs, files }: Scenario): string {
  const { bold } = screen.paint;
  const { isOwn, address, namespace, uiUrl } = server;
  return [
    `${bold('Temporal')}  ${isOwn ? 'dev server ' : ''}${address}, namespace ${namespace}`,
    `${bold('API')}       ${api}`,
    `${bold('Workflow')}  ${names.workflowId} awaits ${jobs.size === 1 ? 'a job' : `${jobs.size} jobs side by side`}`,
    ...(files
      ? [
          `${bold('Run')}       ${names.runId} sends ${files.run.refs.length} documents, saves outputs`,
          `${bold('Batch')}     ${names.batchId} does so with a folder, in jobs of a few`,
        ]
      : []),
    ...(uiUrl === undefined ? [] : [`${bold('Web UI')}    ${workflowUrl(uiUrl, namespace, names.workflowId)}`]),
    '',
  ].join('\n');
}

/** Starts the parent workflow, the run and the batch, and shows them until all have ended. */
async function runAll(run: Run, server: TemporalServer, scenario: Scenario): Promise<Finished> {
  const { names, screen, signal } = run;
  const { connection, namespace, uiUrl } = server;
  const client = new Client({ connection, namespace });
  const start = { client, server, names, cleanup: run.cleanup };
  const parent = await startAwaiting({ jobs: [...scenario.jobs.values()] }, start).catch(refuse);
  const { files } = scenario;
  const demoRun = files && (await startDemoRun(files.run, start).catch(refuse));
  const demoBatch = files && (await startDemoBatch(files.batch, start).catch(refuse));
  const runIds = new Map(demoRun && [[RUN_NAME, demoRun.workflowId]]);
  const batchIds = new Map(demoBatch && [[BATCH_NAME, demoBatch.workflowId]]);
  const jobIds = new Map([...scenario.jobs].map(([name, { jobId }]) => [name, jobId]));
  const observer = new Observer(client, names.workflowId, jobIds, runIds, batchIds);

  const batchEnds = demoBatch && endOfBatch(demoBatch, files.batch, files.allowed, signal);
  const ending = Promise.all([parent.result(), demoRun?.result(), batchEnds]).catch(refuse);
  const look = { refresh: async () => showJobs(await observer.refresh()) };
  const [outcomes, result, batch] = await follow(ending, look, screen, signal);
  const urlOf = (id: string) => (uiUrl === undefined ? undefined : workflowUrl(uiUrl, namespace, id));
  const jobs = [...jobIds].map(([name, jobId]) => ({
    name,
    outcome: outcomes.find((outcome) => outcome.jobId === jobId) ?? { jobId },
    faults: scenario.faults(jobId),
    url: urlOf(observer.waiterId(jobId)),
  }));
  if (!files || !result || !batch) return { jobs };
  return {
    jobs,
    run: { name: RUN_NAME, result, folder: files.run.folder, url: urlOf(names.runId) },
    batch: { ...batch, name: BATCH_NAME, url: urlOf(names.batchId) },
  };
}

function refuse(error: unknown): never {
  throw new CliError(`The workflow did not end as it should: ${reasonText(error)}`, 1, { cause: error });
}

import type { DocumentResult } from '../../../workflows';
import type { UnstructuredPluginOptions } from '../../plugin';
import { FakeUnstructured } from '../../testing';
import type { Cleanup } from '../support/cleanup';
import type { Finished } from '../view/render-result';
import { addDemoJobs, DEMO_JOBS, DEMO_WATCH, faultsMet } from './jobs';
import { type Prepared, prepareFiles } from './start';
import type { DemoOptions } from './options';
import type { AwaitedJob } from './workflows';

/** Which jobs are awaited, on which API, and what the expected end is. */
export interface Scenario {
  /** The API, in a few words. */
  api: string;
  account: UnstructuredPluginOptions;
  /** The jobs, by the names that are shown. */
  jobs: ReadonlyMap<string, AwaitedJob>;
  /** Documents that become files while the waits run. */
  files?: Prepared;
  /** The faults that requests of a job met; undefined if nobody recorded them. */
  faults: (jobId: string) => string[] | undefined;
  /** The final message if everything is as expected. */
  success: string;
  /** Deviations from the expected end, in sentences. */
  judge: (finished: Finished) => string[];
}

/** The demo's jobs, run and batch, on a fake API on loopback. */
export async function fakeScenario(seed: string, cleanup: Cleanup, signal: AbortSignal): Promise<Scenario> {
  const api = await FakeUnstructured.start({ seed });
  cleanup.add(() => api.close());
  const jobs = addDemoJobs(api);
  const files = await prepareFiles(api, cleanup, signal);
  return {
    api: `fake, ${api.url}`,
    account: { apiKey: api.apiKey, baseUrl: api.url, watch: DEMO_WATCH, ...files.allowed },
    jobs,
    files,
    faults: (jobId) => faultsMet(api.job(jobId)?.requests ?? []),
    success: 'All as it should be: four jobs completed, one failed on purpose, and documents became files.',
    judge: findDeviations,
  };
}

/** One job of the real API, awaited with the default options. */
export function realScenario({ jobId, ...account }: NonNullable<DemoOptions['real']>): Scenario {
  return {
    api: account.baseUrl ?? 'the Unstructured Platform API',
    account,
    jobs: new Map([['job', { jobId }]]),
    faults: () => undefined,
    success: 'The job completed.',
    judge: ({ jobs }) =>
      jobs.flatMap(({ outcome: { failure } }) => (failure ? [`${failure.type}: ${failure.message}`] : [])),
  };
}

/** How the ends of the demo's jobs, run and batch differ from the expected ones, in sentences. */
function findDeviations({ jobs, run, batch }: Finished): string[] {
  const documents = run?.result.documents ?? [];
  return [...documents.flatMap(deviationOfDocument), ...deviationsOfBatch(batch), ...deviationsOfJobs(jobs)];
}

function deviationOfDocument({ ref, status, outputs }: DocumentResult): string[] {
  if (status !== 'ok') return [`${ref} ended ${status}.`];
  return outputs.length === 1 ? [] : [`${ref} became ${outputs.length} files.`];
}

function deviationsOfBatch(batch: Finished['batch']): string[] {
  const { documents = 0, ok = 0 } = batch?.counts ?? {};
  return batch && (documents === 0 || ok < documents) ? [`Of the batch's ${documents} documents ${ok} are ok.`] : [];
}

function deviationsOfJobs(jobs: Finished['jobs']): string[] {
  return DEMO_JOBS.flatMap(({ name, outcome, faults }) => {
    const job = jobs.find((finished) => finished.name === name);
    if (!job) return [`${name} did not end.`];
    const { result, failure } = job.outcome;
    const ended = failure?.type ?? result?.job.status ?? 'unknown';
    const met = job.faults ?? [];
    return [
      ...(ended === outcome ? [] : [`${name} ended with ${ended} instead of ${outcome}.`]),
      ...(result?.outputNodeFiles.length === 0 ? [`${name} has no output node files.`] : []),
      ...(met.join() === faults.join() ? [] : [`${name} met ${list(met)} instead of ${list(faults)} on its way.`]),
    ];
  });
}

function list(faults: readonly string[]): string {
  return faults.join(', ') || 'no fault';
}

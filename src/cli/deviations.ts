import type { DocumentResult } from '../core/run/result';
import { DEMO_JOBS } from './demo/jobs';
import type { Finished } from './view/render-result';

/** Where the demo's jobs and its run ended otherwise than they were to, in sentences. */
export function deviationsOf({ jobs, run }: Finished): string[] {
  const documents = run?.result.documents ?? [];
  return [...documents.flatMap(deviationOfDocument), ...deviationsOfJobs(jobs)];
}

function deviationOfDocument({ ref, status, outputs }: DocumentResult): string[] {
  if (status !== 'ok') return [`${ref} ended ${status}.`];
  return outputs.length === 1 ? [] : [`${ref} became ${outputs.length} files.`];
}

function deviationsOfJobs(jobs: Finished['jobs']): string[] {
  return DEMO_JOBS.flatMap(({ name, outcome, problems }) => {
    const job = jobs.find((finished) => finished.name === name);
    if (!job) return [`${name} did not end.`];
    const { result, failure } = job.outcome;
    const ended = failure?.type ?? result?.job.status ?? 'unknown';
    const met = job.problems ?? [];
    return [
      ...(ended === outcome ? [] : [`${name} ended with ${ended} instead of ${outcome}.`]),
      ...(result?.outputNodeFiles.length === 0 ? [`${name} has no output node files.`] : []),
      ...(met.join() === problems.join() ? [] : [`${name} met ${list(met)} instead of ${list(problems)} on its way.`]),
    ];
  });
}

function list(problems: readonly string[]): string {
  return problems.join(', ') || 'no problem';
}

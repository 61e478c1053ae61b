import { DEMO_JOBS } from './demo-jobs';
import type { FinishedJob } from './render-result';

/** Where the demo's jobs ended otherwise than they were to, in sentences. */
export function deviationsOf(jobs: readonly FinishedJob[]): string[] {
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

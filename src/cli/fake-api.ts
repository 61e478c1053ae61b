import { FakeUnstructured } from '../testing';
import type { FakeApiOptions } from './arguments';
import { addDemoJobs, DEMO_JOBS } from './demo/jobs';
import { CliError } from './errors';
import { orInterrupted } from './interruption';
import { portProblem } from './server/ports';

/** Of the jobs that `--demo-jobs` adds, so that their ids are the same each time. */
export const FAKE_API_SEED = 'fake';

/** Serves a fake API until it is told to end. */
export async function runFakeApi({ demoJobs, ...options }: FakeApiOptions, signal: AbortSignal): Promise<void> {
  const api = await FakeUnstructured.start({ ...options, seed: FAKE_API_SEED }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') throw portProblem(options.port, error);
    throw new CliError(`The fake API did not start: ${message}`, 1, { cause: error });
  });
  try {
    const jobs = demoJobs ? addDemoJobs(api) : [];
    console.log(`Fake Unstructured API at ${api.url}, control at ${new URL('/__fake/', api.url).href}`);
    for (const [index, { id }] of jobs.entries()) console.log(`${id}  ${DEMO_JOBS[index]?.name ?? ''}`);
    await orInterrupted(signal, new Promise<never>(() => undefined));
  } finally {
    await api.close();
  }
}

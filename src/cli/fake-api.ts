import { randomUUID } from 'node:crypto';
import { FakeUnstructured } from '../testing';
import type { FakeApiOptions } from './arguments';
import { addDemoJobs } from './demo/jobs';
import { CliError } from './support/errors';
import { orAborted } from '../common/or-aborted';
import { portError } from './server/ports';

/** Serves a fake API until the signal aborts. */
export async function runFakeApi({ demoJobs, ...given }: FakeApiOptions, signal: AbortSignal): Promise<void> {
  // Jobs of two fake APIs with the same id would also share a waiter.
  const options = { ...given, seed: given.seed ?? randomUUID().slice(0, 8) };
  const api = await FakeUnstructured.start(options).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') throw portError(options.port, error);
    throw new CliError(`The fake API did not start: ${message}`, 1, { cause: error });
  });
  try {
    const jobs = demoJobs ? addDemoJobs(api) : [];
    const control = new URL('/__fake/', api.url).href;
    console.log(`Fake Unstructured API at ${api.url}, control at ${control} (seed ${options.seed})`);
    for (const [name, { jobId }] of jobs) console.log(`${jobId}  ${name}`);
    await orAborted(signal, new Promise<never>(() => undefined));
  } finally {
    await api.close();
  }
}

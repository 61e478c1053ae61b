import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SavedOutput } from '../../src/core/output';
import type { RunJobInput } from '../../src/core/run/input';
import type { RunJobResult } from '../../src/core/run/result';
import type { FakeUnstructured } from '../../src/testing';
import { QUEUE, useTimeSkipping, type RunOptions, type Setup } from './time-skipping';

export interface RunSetup extends Setup {
  /** Folder of the documents, and the target of the outputs; and the folder around both. */
  root: string;
  inbox: string;
  outbox: string;
  to: string;
  /** Writes a document and returns its reference. */
  document: (name: string, text?: string) => Promise<{ ref: string }>;
  startRun: (input: RunJobInput, options?: { workflowId?: string }) => Promise<RunHandle>;
  run: (input: RunJobInput) => Promise<RunJobResult>;
}

export type RunHandle = Awaited<ReturnType<typeof startRun>>;

let runs = 0;

/** As `useTimeSkipping`, with a folder of documents and one for outputs that the worker may use. */
export function useRuns() {
  const withWorker = useTimeSkipping();
  return function withRuns<T>(fn: (setup: RunSetup) => Promise<T>, options: RunOptions = {}): Promise<T> {
    return inFolders(({ root, inbox, outbox }) => {
      const storage = { documents: { folders: [inbox] }, outputs: { folders: [outbox] } };
      return withWorker(
        (setup) => {
          const start: RunSetup['startRun'] = (input, given) => startRun(setup, input, given?.workflowId);
          return fn({
            ...setup,
            root,
            inbox,
            outbox,
            to: pathToFileURL(outbox).href,
            document: async (name, text = `text of ${name}`) => {
              await writeFile(join(inbox, name), text);
              return { ref: pathToFileURL(join(inbox, name)).href };
            },
            startRun: start,
            run: async (input) => (await start(input)).result(),
          });
        },
        {
          ...options,
          plugin: { ...storage, ...options.plugin, documents: { ...storage.documents, ...options.plugin?.documents } },
        },
      );
    });
  };
}

async function inFolders<T>(fn: (folders: { root: string; inbox: string; outbox: string }) => Promise<T>): Promise<T> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'runs-')));
  const [inbox, outbox] = [join(root, 'inbox'), join(root, 'outbox')];
  try {
    for (const folder of [inbox, outbox]) await mkdir(folder);
    return await fn({ root, inbox, outbox });
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Outputs that go to a folder below the target, with a file in its place: until `clear`, each output is lost at once. */
export async function blockedOutputs({ outbox, to }: RunSetup) {
  const path = join(outbox, 'blocked');
  await writeFile(path, 'a file');
  return { outputs: { to, name: 'blocked/{fileId}.json' }, clear: () => rm(path) };
}

function startRun({ env }: Setup, input: RunJobInput, workflowId = `run-${++runs}`) {
  return env.client.workflow.start<(input: RunJobInput) => Promise<RunJobResult>>('runJob', {
    taskQueue: QUEUE,
    workflowId,
    args: [input],
  });
}

/** What the fake made an output from. */
interface Origin {
  filename: string;
  job_id: string;
  sha256: string;
}

/** What an output of the fake says it was made from. */
export async function originOf({ location }: SavedOutput): Promise<Origin> {
  const [element] = JSON.parse(await readFile(fileURLToPath(location), 'utf8'));
  return element.metadata as Origin;
}

/** Paths of the requests that this operation made. */
export function sent(api: FakeUnstructured, operation: string): number {
  return api.requests.filter((request) => request.operation === operation).length;
}

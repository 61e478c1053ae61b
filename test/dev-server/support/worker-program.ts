/** A worker in a process of its own, which can be killed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type DocumentSource, UnstructuredPlugin, type UnstructuredPluginOptions } from '../../../src';

export interface WorkerProgramOptions {
  address: string;
  namespace: string;
  taskQueue: string;
  /** Path of the bundled workflows. */
  codePath: string;
  baseUrl: string;
  apiKey: string;
  identity: string;
  /** Folder of documents and outputs. */
  folder?: string;
  watch?: UnstructuredPluginOptions['watch'];
}

/** What the program says: that it polls, and what it logs, as a message and printed whole. */
export type WorkerMessage = 'running' | { message: string; printed: string };

const WHOLE = { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity };
const logger = new DefaultLogger('DEBUG', (entry) => {
  const { level, message, meta } = entry;
  say({ message, printed: inspect(entry, WHOLE) });
  if (level === 'ERROR') console.error(message, meta);
});

function say(message: WorkerMessage): void {
  process.send?.(message);
}

/** A source whose documents never come to be open, and that notes that it was asked. */
function stuck(folder = ''): DocumentSource {
  return {
    async open() {
      await writeFile(join(folder, 'opening'), '');
      return new Promise(() => undefined);
    },
  };
}

async function main(options: WorkerProgramOptions): Promise<void> {
  const { address, namespace, taskQueue, codePath, baseUrl, apiKey, identity, folder, watch } = options;
  const folders = folder === undefined ? [] : [folder];
  Runtime.install({ logger });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace,
    taskQueue,
    identity,
    workflowBundle: { codePath },
    debugMode: true, // as in dev-server.ts
    plugins: [
      new UnstructuredPlugin({
        baseUrl,
        apiKey,
        documents: { folders, sources: { stuck: stuck(folder) } },
        outputs: { folders },
        watch,
      }),
    ],
    stickyQueueScheduleToStartTimeout: '1 second',
  });
  const running = worker.run();
  say('running');
  await running;
  process.disconnect();
}

process.on('disconnect', () => process.exit());
process.once('message', (options: WorkerProgramOptions) => void main(options));

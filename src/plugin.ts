import { SimplePlugin } from '@temporalio/plugin';
import type { BundleOptions, Worker, WorkerOptions } from '@temporalio/worker';
import { createAllActivities } from '../activities/all-activities';
import { Watches, type WatchOptions } from '../activities/watch/watches';
import { Accounts, type AccountsOptions } from './api/accounts';
import { invalidInput } from './core/errors';
import { isObject } from './core/values';
import type { StorageOptions } from './storage/options';
import { Storage } from './storage/storage';
import { addWorkflows } from './worker/add-workflows';
import { warnOfBundleWithout } from './worker/check-bundle';
import { onShutdown } from './worker/on-shutdown';

export type { WatchOptions };

/** Options of the plugin: the accounts, or the options of a single account, and which documents may be read and where outputs may be written. */
export type UnstructuredPluginOptions = AccountsOptions &
  StorageOptions & {
    /**
     * How this worker watches the jobs of waits, all jobs of an account together. With `false`, each wait checks by its own schedule.
     * Watching is always off under time skipping.
     * @default { tick: '10 seconds' }
     */
    watch?: WatchOptions | false | undefined;
  };

/**
 * Adds the Unstructured activities to a worker, and the workflows `awaitJobCompletion`, `runJob` and `runJobs` to its bundle. If you build
 * the bundle beforehand, pass the plugin to `bundleWorkflowCode` as well. Or export them from your workflow file: `export {
 * awaitJobCompletion, runJob, runJobs } from 'temporal-unstructured/workflows'`.
 *
 * @throws UnstructuredValidationError if an option is wrong
 * @example
 * const worker = await Worker.create({
 *   taskQueue: 'documents',
 *   workflowsPath: require.resolve('./workflows'),
 *   plugins: [new UnstructuredPlugin({ apiKey: () => readSecret('unstructured') })],
 * });
 */
export class UnstructuredPlugin extends SimplePlugin {
  readonly #accounts: Accounts;
  readonly #storage: Storage;
  readonly #watches: Watches;
  #running = 0;

  constructor(options: UnstructuredPluginOptions) {
    const { accountsOptions, storageOptions, watch } = split(options);
    const accounts = new Accounts(accountsOptions);
    const storage = new Storage(storageOptions, accounts.networkOf(storageOptions.documents?.origins));
    const watches = new Watches(watch);
    const ours = createAllActivities((account) => accounts.client(account), storage, watches);
    super({
      name: 'temporal-unstructured.UnstructuredPlugin',
      activities: (existing) => withoutClash(existing ?? {}, ours),
    });
    this.#accounts = accounts;
    this.#storage = storage;
    this.#watches = watches;
  }

  /** One plugin may serve several workers, and may be applied twice to one. The last worker to stop closes the connections. */
  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const { client: first } = worker; // a different client once the worker has another connection
    const stopWatches = () =>
      Promise.all([first, worker.client].flatMap((client) => (client ? [this.#watches.stop(client)] : [])));
    onShutdown(worker, () => void stopWatches());
    this.#running++;
    try {
      await next(worker);
    } finally {
      await stopWatches(); // what Temporal did not accept while the worker stopped, or all, if an error ended the worker
      this.#running--;
      if (this.#running === 0) {
        this.#watches.close();
        await Promise.all([this.#accounts.close(), this.#storage.close()]);
      }
    }
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    if (options.workflowBundle) warnOfBundleWithout(options.workflowBundle);
    return super.configureWorker(options);
  }

  override configureBundler(options: BundleOptions): BundleOptions {
    return addWorkflows(super.configureBundler(options));
  }
}

/** Separates the options. Those of the storage apply to all accounts. The accounts refuse options that are not an object. */
function split(options: UnstructuredPluginOptions): {
  accountsOptions: AccountsOptions;
  storageOptions: StorageOptions;
  watch: UnstructuredPluginOptions['watch'];
} {
  if (!isObject(options)) return { accountsOptions: options, storageOptions: {}, watch: undefined };
  const { documents, outputs, watch, ...accountsOptions } = options;
  return { accountsOptions, storageOptions: { documents, outputs }, watch };
}

function withoutClash(existing: object, ours: object): object {
  const others = new Map<string, unknown>(Object.entries(existing));
  for (const [name, activity] of Object.entries(ours)) {
    if (!others.has(name) || others.get(name) === activity) continue;
    throw invalidInput(
      `This worker already has an activity named ${name}. If it is your own, run UnstructuredPlugin on a worker of its own and name that ` +
        `worker's task queue in the input option activityTaskQueue; the workflow file of this worker then exports those of ` +
        `temporal-unstructured/workflows. If it is a second UnstructuredPlugin, use one with the option accounts.`,
    );
  }
  return { ...existing, ...ours };
}

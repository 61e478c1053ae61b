import { SimplePlugin } from '@temporalio/plugin';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';
import { createUnstructuredActivities } from '../activities';
import { Accounts, type AccountsOptions } from './api/accounts';
import { invalidInput } from './core/errors';
import { isObject } from './core/values';
import type { StorageOptions } from './storage/options';
import { Storage } from './storage/storage';
import { addWorkflows } from './worker/add-workflows';
import { warnOfBundleWithout } from './worker/check-bundle';

/** Accounts of the API, or the options of the only one, and where documents may be read and outputs written. */
export type UnstructuredPluginOptions = AccountsOptions & StorageOptions;

/**
 * Adds the Unstructured activities to a worker, and the workflows `awaitJobCompletion` and `runJob` to its bundle. A bundle made beforehand
 * needs the plugin in its `bundleWorkflowCode`, too. Your workflow file may export them by hand:
 * `export { awaitJobCompletion, runJob } from 'temporal-unstructured/workflows'`.
 *
 * @throws UnstructuredValidationError at once, for an option that is wrong
 * @example
 * const worker = await Worker.create({
 *   taskQueue: 'documents',
 *   workflowsPath: require.resolve('./workflows'),
 *   plugins: [new UnstructuredPlugin({ apiKey: () => readSecret('unstructured') })],
 * });
 */
export class UnstructuredPlugin extends SimplePlugin {
  constructor(options: UnstructuredPluginOptions) {
    const { accountsOptions, storageOptions } = split(options);
    const accounts = new Accounts(accountsOptions);
    const storage = new Storage(storageOptions, accounts.networkOf(storageOptions.documents?.origins));
    const ours = createUnstructuredActivities((account) => accounts.client(account), storage);
    let running = 0;
    super({
      name: 'temporal-unstructured.UnstructuredPlugin',
      activities: (existing) => withoutClash(existing ?? {}, ours),
      // One plugin may serve several workers, and be applied twice to one: the last to stop closes the connections.
      runContext: async (next) => {
        running++;
        try {
          await next();
        } finally {
          running--;
          if (running === 0) await Promise.all([accounts.close(), storage.close()]);
        }
      },
    });
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    if (options.workflowBundle) warnOfBundleWithout(options.workflowBundle);
    return super.configureWorker(options);
  }

  override configureBundler(options: BundleOptions): BundleOptions {
    return addWorkflows(super.configureBundler(options));
  }
}

/** Options of the storage hold for all accounts; what is no object is for the accounts to refuse. */
function split(options: UnstructuredPluginOptions): {
  accountsOptions: AccountsOptions;
  storageOptions: StorageOptions;
} {
  if (!isObject(options)) return { accountsOptions: options, storageOptions: {} };
  const { documents, outputs, ...accountsOptions } = options;
  return { accountsOptions, storageOptions: { documents, outputs } };
}

function withoutClash(existing: object, ours: object): object {
  const others = new Map<string, unknown>(Object.entries(existing));
  for (const [name, activity] of Object.entries(ours)) {
    if (!others.has(name) || others.get(name) === activity) continue;
    throw invalidInput(
      `This worker already has an activity named ${name}. If it is your own, run UnstructuredPlugin on a worker of its own and name that ` +
        `worker's task queue in the input option activityTaskQueue. If it is a second UnstructuredPlugin, use one with the option accounts.`,
    );
  }
  return { ...existing, ...ours };
}

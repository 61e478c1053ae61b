import { join } from 'node:path';
import type { BundleOptions } from '@temporalio/worker';

type WebpackConfigHook = NonNullable<BundleOptions['webpackConfigHook']>;
type WebpackConfig = Parameters<WebpackConfigHook>[0];
type WebpackPlugin = Extract<NonNullable<NonNullable<WebpackConfig['plugins']>[number]>, { apply: unknown }>;

/** The name under which the entry imports the user's workflow file. */
const YOURS = 'temporal-unstructured/your-workflows';
const ENTRY = join(__dirname, '../../workflows', __filename.endsWith('.ts') ? 'bundle-entry.ts' : 'bundle-entry.mjs');

/**
 * Adds the workflows of this package to a bundle, whether or not the user's workflow file exports them. The user's own `webpackConfigHook` is called
 * first. If this function is applied twice, the workflows are added once.
 */
export function addWorkflows({ workflowsPath, webpackConfigHook, ...options }: BundleOptions): BundleOptions {
  return {
    ...options,
    workflowsPath,
    webpackConfigHook: (config) => withEntry(webpackConfigHook?.(config) ?? config, workflowsPath),
  };
}

function withEntry(config: WebpackConfig, workflowsPath: string): WebpackConfig {
  const entry: WebpackPlugin = {
    apply: ({ hooks }) =>
      hooks.normalModuleFactory.tap(YOURS, (factory) => {
        factory.hooks.beforeResolve.tap(YOURS, (request) => {
          const isFromEntry = request.contextInfo.issuer === ENTRY;
          if (request.request === workflowsPath && !isFromEntry) request.request = ENTRY;
          else if (request.request === YOURS) request.request = workflowsPath;
        });
      }),
  };
  return { ...config, plugins: [...(config.plugins ?? []), entry] };
}

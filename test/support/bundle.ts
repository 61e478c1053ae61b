import { bundleWorkflowCode } from '@temporalio/worker';
import { quiet } from './logs';

/** Environment variable with the path of the bundle that the global setup has made. */
export const BUNDLE_VARIABLE = 'TEST_WORKFLOW_BUNDLE';

const MAP = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** The tests' workflows, bundled once per run of the tests. */
export function testBundle(): { codePath: string } {
  const codePath = process.env[BUNDLE_VARIABLE];
  if (codePath === undefined) throw new Error(`${BUNDLE_VARIABLE} is not set: the global setup has not run`);
  return { codePath };
}

/** Without the sources in its source map, which nothing prints: every worker would read them again. */
export async function bundleTestWorkflows(): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('./parents.ts'), logger: quiet });
  const [script, map] = code.split(MAP) as [string, string];
  const withSources = JSON.parse(Buffer.from(map, 'base64').toString()) as { sourcesContent?: string[] };
  const { sourcesContent: _sources, ...slim } = withSources;
  return { code: `${script}${MAP}${Buffer.from(JSON.stringify(slim)).toString('base64')}` };
}

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

/** With an empty source map: every worker would read it, and look the place of each promise up. A stack tells the lines of the bundle instead. */
export async function bundleTestWorkflows(): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('./parents.ts'), logger: quiet });
  const [script, map] = code.split(MAP) as [string, string];
  const { version, file } = JSON.parse(Buffer.from(map, 'base64').toString()) as Record<string, unknown>;
  const empty = { version, file, sources: [], names: [], mappings: '' };
  return { code: `${script}${MAP}${Buffer.from(JSON.stringify(empty)).toString('base64')}` };
}

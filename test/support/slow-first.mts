import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, the longest first. */
const SLOW = [
  'package/installed',
  'workflows/run/same-key',
  'workflows/cancel-policy',
  'workflows/run/progress',
  'dev-server/run-killed',
  'workflows/run/random-starts',
  'cli/demo-interrupted',
  'cli/demo',
  'workflows/run/restarted-starts',
  'dev-server/continue-as-new',
  'dev-server/launch-queue',
  'dev-server/no-activity-worker',
  'dev-server/worker-killed',
  'dev-server/server-killed',
  'dev-server/upload-killed',
];

/** Starts the slow files first, so that none runs alone at the end. By itself vitest knows them only after a first run. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

function place({ moduleId }: TestSpecification): number {
  const index = SLOW.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return index < 0 ? SLOW.length : index;
}

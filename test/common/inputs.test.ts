// What an input must say is required by its type, so that the compiler finds what would be refused. `npm run types` checks these.
import { expectTypeOf, test } from 'vitest';
import type { AwaitJobInput, KeyedRunInput, RunJobInput } from '../../src/common/inputs';
import type { ResumedRun } from '../../src/core/run/resume';

type Nothing = { [name in never]: unknown };
const JOB = { jobId: 'a' };
const NEXT = { workflowId: 'w', createdAfter: 't' };
const START = { start: { templateId: 'fast' } };

test('a wait names its job, or the workflow whose next job it awaits and since when', () => {
  expectTypeOf(JOB).toExtend<AwaitJobInput>();
  expectTypeOf(NEXT).toExtend<AwaitJobInput>();
  expectTypeOf<Nothing>().not.toExtend<AwaitJobInput>();
  expectTypeOf<{ workflowId: string }>().not.toExtend<AwaitJobInput>();
  expectTypeOf<{ createdAfter: string }>().not.toExtend<AwaitJobInput>();
  expectTypeOf<typeof JOB & typeof NEXT>().not.toExtend<AwaitJobInput>();
});

test('a run says what to start or which run to take up', () => {
  expectTypeOf(START).toExtend<RunJobInput>();
  expectTypeOf<{ resume: typeof JOB }>().toExtend<RunJobInput>();
  expectTypeOf<Nothing>().not.toExtend<RunJobInput>();
  expectTypeOf<{ documents: [] }>().not.toExtend<RunJobInput>();
  expectTypeOf(START).not.toExtend<KeyedRunInput>();
});

test('a run that is taken up has a job, or a start that was not answered', () => {
  expectTypeOf(JOB).toExtend<ResumedRun>();
  expectTypeOf<{ sentAt: string; token: string }>().toExtend<ResumedRun>();
  expectTypeOf<Nothing>().not.toExtend<ResumedRun>();
  expectTypeOf<{ token: string }>().not.toExtend<ResumedRun>();
});

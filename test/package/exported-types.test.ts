// Whoever keeps an option or a result in a variable needs a name for its type.
import { expect, test } from 'vitest';
import { entryTypes } from './named-types';

const [MAIN, WORKFLOWS, ...OTHERS] = [
  'src/index.ts',
  'workflows/index.ts',
  'activities/index.ts',
  'src/testing/index.ts',
  'src/storage/s3/index.ts',
  'src/webhooks/index.ts',
] as const;

/** What no user looks into, with the reason. */
const OPAQUE: Record<string, string> = {
  ContinuedBatch: 'a workflow alone hands it to itself',
  ContinuedRun: 'a workflow alone hands it to itself',
  ContinuedWait: 'a workflow alone hands it to itself',
  JobState: 'the fake alone creates its jobs',
  OperationActivities: 'workflows alone call the activities',
  PlannedJob: 'a batch alone hands it to its runs',
  Storage: 'activities alone call its methods',
  WaitOptions: 'workflows alone propose options to a check',
  World: 'the fake alone creates its jobs',
};

/** What is no more than a part of exported types, with the reason why it has no name of its own for users. */
const PARTS: Record<string, string> = {
  ApiFailureDetails: 'UnstructuredFailureDetails has all of its fields',
  BatchFailureDetails: 'UnstructuredFailureDetails has all of its fields',
  CollectOptionsInput: 'RunJobInput has all of its fields',
  FailedFiles: 'DocumentsOutcome has all of its fields',
  Later: 'WebhookSecret is made of it',
  NotOfBatches: 'it lists names of options',
  OfCallers: 'KeyedRunInput and KeyedBatchInput are made by it',
  Options: 'the constructors of faults take it written out',
  RepeatOption: 'it lists names of options',
  ResumedFacts: 'ResumedRun has all of its fields',
  RunFailureDetails: 'UnstructuredFailureDetails has all of its fields',
  RunOptions: 'RunJobInput has all of its fields',
  RunOptionsInput: 'RunJobInput has all of its fields',
  RunSubject: 'RunJobInput has all of its fields',
  Secrets: 'WebhookSecret is made of it',
  SeenJob: 'FailedJobDetails has all of its fields',
  StartFailureDetails: 'UnstructuredFailureDetails has all of its fields',
  StartOptionsInput: 'StartJobOptions and RunJobInput have all of its fields',
  WaitFailureDetails: 'UnstructuredFailureDetails has all of its fields',
  WaitOptionsInput: 'AwaitJobOptions has all of its fields',
  WaitSubjectInput: 'AwaitJobInput has all of its fields',
};

test(
  'an entry exports every type that its options and results name; those of workers and tests may be in the main entry',
  { timeout: 300_000 }, // it compiles everything, beside others that do
  () => {
    const [main, workflows, ...others] = entryTypes([MAIN, WORKFLOWS, ...OTHERS], Object.keys(OPAQUE));
    const unnamed = [main!, workflows!, ...others].flatMap(({ exported, used }, index) => {
      const names = index < 2 ? exported : new Set([...exported, ...main!.exported]);
      return [...used].filter(([name]) => !names.has(name));
    });
    const excepted = Object.keys({ ...OPAQUE, ...PARTS });
    expect(unnamed.filter(([name]) => !excepted.includes(name))).toEqual([]);
    const met = new Set(unnamed.map(([name]) => name));
    expect(Object.keys(PARTS).filter((name) => !met.has(name))).toEqual([]);
  },
);

import { expect, test } from 'vitest';
import { joinedOptions, memoOfOptions } from '../../../src/cli/run/joined';
import type { KeyedBatchInput } from '../../../src/common/inputs';

const batchWith = (options: Partial<KeyedBatchInput>): KeyedBatchInput => ({
  key: 'nightly',
  start: { templateId: 't' },
  documents: { from: 's3://in/' },
  outputs: { to: 's3://out/' },
  ...options,
});

test.each<[Partial<KeyedBatchInput>, Partial<KeyedBatchInput>, string | undefined]>([
  [{}, {}, undefined],
  [{ parallel: 3 }, { parallel: 3 }, undefined],
  [{ tolerated: 0 }, { tolerated: 0 }, undefined],
  [{ parallel: 1 }, { parallel: 5 }, 'with --parallel 1'],
  [{ parallel: 1 }, {}, 'with --parallel 1'],
  [{}, { tolerated: 0 }, 'without --tolerated'],
  [{ parallel: 2, tolerated: 0 }, { tolerated: 0.5 }, 'with --parallel 2 and with --tolerated 0'],
])('of a batch that was started with %j, a command with %j is told: %s', (started, joining, said) => {
  const told = joinedOptions(batchWith(joining), memoOfOptions(batchWith(started)));
  expect(told).toBe(said && `This batch is already running, ${said}. That holds until it ends.\n`);
});

test.each([undefined, {}, { 'unstructured.run': 7 }])('of a batch with the memo %j, nothing is told', (memo) => {
  expect(joinedOptions(batchWith({ parallel: 2 }), memo)).toBeUndefined();
});

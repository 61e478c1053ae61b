// What continue-as-new carries of a batch is taken as it is; what no version writes is refused for good.
import { expect, test } from 'vitest';
import { checkCarriedBatch } from '../../../src/core/batch/carried';
import { beginBatch, type BatchState, jobEnded, planned, startNext } from '../../../src/core/batch/state';
import { UnstructuredValidationError } from '../../../src/core/errors';
import { NO_DOCUMENTS } from '../../../src/core/batch/manifest';
import { START } from '../fixtures';

const OPTIONS = {
  version: 1,
  parallel: 2,
  tolerated: 1,
  startSpacing: 1_100,
  continueAsNewAfterEvents: 1_000,
} as const;
const BEGUN = beginBatch(OPTIONS, START);
const PLAN = {
  version: 1,
  id: 'b',
  earlier: [{ id: 'a', jobs: 1 }],
  digest: 'd',
  jobs: 3,
  documents: 6,
  sizes: [2, 2, 2],
  leftOut: { seen: 4 },
} as const;
const PLANNED = planned(BEGUN, {
  plan: structuredClone(PLAN) as never,
  finished: { ranges: [[1, 1]], jobs: 1, counts: { ...NO_DOCUMENTS, ok: 2 } },
});
const UNDER_WAY = jobEnded(startNext(PLANNED, START).state, 2, { counts: null, isFailed: true });

const check = (state: unknown) => () => checkCarriedBatch({ version: 1, state } as never);

test.each([
  ['at its begin', BEGUN],
  ['with a plan', PLANNED],
  ['with ended jobs', UNDER_WAY],
])('a batch %s goes on', (_, state: BatchState) => {
  expect(check(JSON.parse(JSON.stringify(state)))).not.toThrow();
});

test.each(Object.keys(UNDER_WAY).filter((name) => name !== 'plan'))('a wrong %s is refused for good', (name) => {
  for (const wrong of [undefined, null, [null], { a: 'b' }, 1e300])
    if (name !== 'lastStartAt' || (wrong !== undefined && wrong !== null))
      expect(check({ ...UNDER_WAY, [name]: wrong })).toThrow(UnstructuredValidationError);
});

test.each(Object.keys(PLAN))('a plan with a wrong %s is refused for good', (name) => {
  for (const wrong of [undefined, null, [null], { a: 'b' }, 1e300])
    expect(check({ ...UNDER_WAY, plan: { ...PLAN, [name]: wrong } })).toThrow(UnstructuredValidationError);
});

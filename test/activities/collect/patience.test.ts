// How long an output is tried again goes by what went wrong: what no storage said may be gone within minutes, and is no outage of hours.
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { OUTAGE_AFTER, Patience } from '../../../activities/collect/patience';
import { CONTENT_NOT_DECODED, OUTPUT_NOT_JSON } from '../../../src/core/output';
import { type ApiErrorDetails, createUnstructuredError, errorKindOfStatus } from '../../../src/core/errors';
import { type StorageErrorDetails, UnstructuredStorageError } from '../../../src/core/storage-error';

const [MINUTE, HOUR] = [60_000, 3_600_000];

const storage = (details: StorageErrorDetails) => new UnstructuredStorageError('no room', details);
const answered = (status: number, details: Partial<ApiErrorDetails> = {}) =>
  createUnstructuredError('no', { kind: errorKindOfStatus(status), status, ...details });

interface Failure {
  /** Minutes after the first failure. */
  at: number;
  error: Error;
  /** Which of the outputs fail so. @default all */
  of?: number[];
}

/** What attempts make of these failures, one after the other, each in a worker of its own. */
function patienceAfter(outputs: number, failures: Failure[], credentialBudgetMs?: number): Patience {
  let [patience, lastAt] = [new Patience(outputs, { triedMs: 0 }, credentialBudgetMs), 0];
  for (const { at, error, of = [...Array(outputs).keys()] } of failures) {
    const { triedMs, ...left } = JSON.parse(JSON.stringify(patience.soFar)) as Patience['soFar'];
    patience = new Patience(outputs, { triedMs: triedMs + (at - lastAt) * MINUTE, ...left }, credentialBudgetMs);
    lastAt = at;
    for (const output of of) patience.failed(output, error);
  }
  return patience;
}

/** Whether an output is tried on after the last of these. */
function isPatient(outputs: number, failures: Failure[], credentialBudgetMs?: number): boolean {
  const { error, of: [output] = [0] } = failures.at(-1)!;
  return patienceAfter(outputs, failures, credentialBudgetMs).mayPass(output!, error);
}

const KEY = answered(401);
const FORBIDDEN = answered(403);
const CREDENTIAL = storage({ kind: 'credential', status: 403, code: 'InvalidAccessKeyId' });
const DOWN = answered(502);
const PROXY = storage({ kind: 'passing', status: 403 });
const ABSENT = answered(404);
const CONFLICT = answered(409);

describe('a row of one cause', () => {
  it.each<[string, Error, number, number]>([
    ['a refused key', KEY, 60, 3],
    ['a key that lacks the right', FORBIDDEN, 60, 3],
    ['a refused credential of the storage', CREDENTIAL, 60, 3],
    ['an outage', DOWN, 720, 3],
    ['an outage of the storage', storage({ kind: 'passing', status: 503 }), 720, 3],
    ['a redirect that no storage gave', storage({ kind: 'passing', status: 302 }), 10, OUTAGE_AFTER],
    ['a 400 that no storage gave', storage({ kind: 'passing', status: 400 }), 10, OUTAGE_AFTER],
    ['a refusal of a proxy', PROXY, 10, OUTAGE_AFTER],
    ['a proxy that asks for a password', storage({ kind: 'passing', status: 407 }), 10, OUTAGE_AFTER],
    ['an answer that is no JSON', answered(200, { code: OUTPUT_NOT_JSON }), 10, 3],
    ['an answer that is not decoded', answered(200, { code: CONTENT_NOT_DECODED }), 10, 3],
    ['a 409', CONFLICT, 10, 3],
    ['a 425', answered(425), 10, 3],
    ['a 404', ABSENT, 2, 3],
    ['a 410', answered(410), 2, 3],
    ['a 422', answered(422), 2, 3],
  ])('by %s ends once its budget is over', (_, error, minutes, outputs) => {
    const row = (last: number) => [0, minutes / 2, last].map((at) => ({ at, error }));
    expect([row(0.9 * minutes), row(1.1 * minutes)].map((one) => isPatient(outputs, one))).toEqual([true, false]);
  });

  it('by one output without an answer, while others are fetched, ends after ten minutes', () => {
    const row = (last: number) => [0, last].map((at) => ({ at, error: DOWN, of: [3] }));
    expect([row(9), row(11)].map((one) => isPatient(8, one))).toEqual([true, false]);
  });

  it.each([
    ['this copy of the SDK', ApplicationFailure.nonRetryable('never', 'Archived')],
    ['another one', Object.assign(new Error('never'), { name: 'ApplicationFailure', nonRetryable: true })],
  ])('does not begin with a final failure of %s', (_, error) => {
    expect(isPatient(8, [{ at: 0, error }])).toBe(false);
  });

  it('is of each output: another one that failed so before takes nothing of it', () => {
    const failures = [0, 1, 2].map((at) => ({ at, error: ABSENT, of: [0] }));
    expect(isPatient(8, [...failures, { at: 3, error: ABSENT, of: [1] }])).toBe(true);
    expect(isPatient(8, [...failures, { at: 3, error: ABSENT, of: [0] }])).toBe(false);
  });

  it('has the budget for credentials that is given', () => {
    const row = [0, 200].map((at) => ({ at, error: CREDENTIAL }));
    expect([3 * HOUR, 4 * HOUR].map((budget) => isPatient(1, row, budget))).toEqual([false, true]);
    expect(isPatient(1, [{ at: 0, error: CREDENTIAL }], 0)).toBe(false);
  });

  it('counts up to the last failure: what others take after it costs nothing', () => {
    const failures = [0, 1].map((at) => ({ at, error: ABSENT, of: [2] }));
    const later = new Patience(8, { ...patienceAfter(8, failures).soFar, triedMs: 90 * MINUTE });
    expect(later.mayPass(2, ABSENT)).toBe(true);
  });

  it('tells when the budget of a credential ends, from its first refusal on', () => {
    const outage = [0, 30].map((at) => ({ at, error: DOWN }));
    for (const [last, leftMs] of [
      [30, HOUR],
      [45, 45 * MINUTE],
    ] as const) {
      const failures = [...outage, { at: 30, error: KEY }, { at: last, error: KEY }];
      const endsAt = Date.parse(patienceAfter(1, failures).credentialsEndAt(KEY)!);
      expect(Math.abs(endsAt - Date.now() - leftMs)).toBeLessThan(MINUTE);
    }
    expect(patienceAfter(1, outage).credentialsEndAt(DOWN)).toBeNull();
  });

  it('that comes at the end of an outage has its own time', () => {
    const late = (at: number) =>
      isPatient(3, [...[0, 719].map((m) => ({ at: m, error: DOWN })), { at: 721, error: KEY }, { at, error: KEY }]);
    expect([722, 779].map(late)).toEqual([true, true]);
    expect([780, 781].map(late)).toEqual([false, false]);
  });

  it('begins anew with a saved output', () => {
    const patience = patienceAfter(
      3,
      [0, 1.9].map((at) => ({ at, error: ABSENT })),
    );
    patience.saved();
    expect(patience.soFar.rows).toBeUndefined();
  });

  it.each<Partial<StorageErrorDetails>>([
    {},
    { status: 200 },
    { status: 307 },
    { status: 429 },
    { status: 503 },
    { status: 403, code: 'RequestTimeTooSkewed' },
  ])('by an outage that shows by %o has hours', (answer) => {
    const error = storage({ kind: 'passing', ...answer });
    expect(
      isPatient(
        OUTAGE_AFTER,
        [0, 700].map((at) => ({ at, error })),
      ),
    ).toBe(true);
  });
});

/** All that may pass. */
const ODD: [string, Error][] = [
  ['401', KEY],
  ['402', answered(402)],
  ['403', FORBIDDEN],
  ['404', ABSENT],
  ['400', answered(400)],
  ['410', answered(410)],
  ['422', answered(422)],
  ['409', CONFLICT],
  ['425', answered(425)],
  ['page', answered(200, { code: OUTPUT_NOT_JSON })],
  ['refused credential of the storage', CREDENTIAL],
  ['refusal of a proxy', PROXY],
];

const CREDENTIALS = [KEY, answered(402), FORBIDDEN, CREDENTIAL].map(({ message, name }) => name + message);

describe.each<[string, number, Error]>([
  ['an outage of half a minute', 0.5, DOWN],
  ['an outage of three minutes', 3, DOWN],
  ['an outage of hours', 700, DOWN],
  ['a key that was refused for most of its budget', 55, KEY],
])('after %s', (_, minutes, error) => {
  const others = ODD.filter(([, odd]) => error === DOWN || !CREDENTIALS.includes(odd.name + odd.message));

  test.each(others)('a single %s ends nothing', (_, odd) => {
    for (const outputs of [1, 3, 8]) {
      const before = [0, minutes / 2, minutes].map((at) => ({ at, error }));
      expect(isPatient(outputs, [...before, { at: minutes + 0.5, error: odd, of: [0] }])).toBe(true);
    }
  });

  test.each(others)('a %s as there was one before ends nothing', (_, odd) => {
    const between = [0.1, minutes / 2, minutes].map((at) => ({ at, error }));
    expect(isPatient(1, [{ at: 0, error: odd }, ...between, { at: minutes + 0.5, error: odd }])).toBe(true);
  });
});

describe('with causes in any order, outputs that always fail end', () => {
  const anyError = fc.constantFrom(DOWN, answered(429), ...ODD.map(([, error]) => error));
  /** Half an hour is for outputs that turn out to fail by themselves only once all budgets are over, and for the turns of the script. */
  const LONGEST = (720 + 60 + 30) * MINUTE;

  /** When no output is tried on that fails by these errors in turn, an attempt each, a minute apart. */
  function endOf(outputs: number, errorOf: (attempt: number, output: number) => Error): number {
    let tried = { triedMs: 0 };
    for (let attempt = 0; attempt < 2_000; attempt++) {
      const patience = new Patience(outputs, tried);
      const errors = new Map<number, Error>();
      for (let output = 0; output < outputs && !patience.isOut(); output++) {
        errors.set(output, errorOf(attempt, output));
        patience.failed(output, errors.get(output)!);
      }
      const isOver = errors.size === outputs && [...errors].every((failed) => !patience.mayPass(...failed));
      if (isOver) return attempt * MINUTE;
      const { rows } = patience.soFar;
      tried = { triedMs: (attempt + 1) * MINUTE, ...(rows && { rows }) };
    }
    return Infinity;
  }

  it('within the budgets of an outage and of a credential', () => {
    const anyScript = fc.array(fc.array(anyError, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), anyScript, (outputs, script) => {
        const errorOf = (attempt: number, output: number) => {
          const ofOutput = script[output % script.length]!;
          return ofOutput[attempt % ofOutput.length]!;
        };
        expect(endOf(outputs, errorOf)).toBeLessThanOrEqual(LONGEST);
      }),
    );
  });

  it('where one says that the service takes no calls, and others are bad by themselves', () => {
    const errors = [DOWN, CONFLICT, answered(429)];
    expect(endOf(4, (_, output) => errors[output % 3]!)).toBeLessThanOrEqual(LONGEST);
  });

  it.each<[string, Error[]]>([
    ['a 404 and no answer', [ABSENT, DOWN]],
    ['a 404, a 409 and a page', [ABSENT, CONFLICT, answered(200, { code: OUTPUT_NOT_JSON })]],
    ['a 404 and a refusal of a proxy', [ABSENT, ABSENT, PROXY]],
  ])('within ten minutes where two of eight meet %s', (_, errors) => {
    const patience = (last: number) =>
      patienceAfter(
        8,
        Array.from({ length: last + 1 }, (_, at) =>
          [0, 1].map((of) => ({ at, error: errors[at % errors.length]!, of: [of] })),
        ).flat(),
      ).mayPass(0, errors[last % errors.length]);
    expect([8, 11].map(patience)).toEqual([true, false]);
  });
});

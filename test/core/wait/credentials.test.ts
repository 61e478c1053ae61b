import { describe, expect, it } from 'vitest';
import { answer, DAY, error, HOUR, MINUTE, noAnswer, SECOND } from '../fixtures';
import { failureOf, replies, simulate, timeline } from '../simulate';

const running = answer('IN_PROGRESS');
const completed = answer('COMPLETED');

describe.each([
  [401, 'UnstructuredAuthenticationError', error('authentication', { status: 401 })],
  [402, 'UnstructuredPaymentRequiredError', error('paymentRequired', { status: 402 })],
  [403, 'UnstructuredPermissionError', error('permission', { status: 403 })],
] as const)('%i', (status, type, refused) => {
  it('is final at once before the first success', () => {
    const run = simulate(replies(error('server'), refused, completed));
    expect(run.checks).toHaveLength(2);
    expect(failureOf(run)).toMatchObject({ type, details: { status } });
  });

  it('is tolerated for an hour afterwards', () => {
    const run = simulate(timeline([MINUTE, running], [HOUR, refused], [Infinity, completed]));
    expect(run.end?.do).toBe('done');
  });

  it('is final as what it is when the hour is over', () => {
    const run = simulate(timeline([MINUTE, running], [Infinity, refused]));
    expect(run.endedAt).toBeGreaterThanOrEqual(HOUR + MINUTE);
    expect(run.endedAt).toBeLessThanOrEqual(HOUR + 2 * MINUTE);
    expect(failureOf(run)).toMatchObject({ type, details: { status } });
  });
});

const refused = error('authentication', { status: 401 });

it('takes the budget from the options, also one longer than an outage may last', () => {
  const service = timeline([MINUTE, running], [20 * HOUR, refused], [Infinity, completed]);
  expect(simulate(service, { options: { credentialBudget: DAY } }).end?.do).toBe('done');
  expect(failureOf(simulate(service, { options: { credentialBudget: 30 * MINUTE } })).type).toBe(
    'UnstructuredAuthenticationError',
  );
});

it('is final at once without a budget', () => {
  const run = simulate(replies(running, refused), { options: { credentialBudget: 0 } });
  expect(run.checks).toHaveLength(2);
});

it('starts the budget anew after a success', () => {
  const run = simulate(
    timeline([MINUTE, running], [HOUR, refused], [HOUR + 2 * MINUTE, running], [2 * HOUR, refused], [9e9, completed]),
  );
  expect(run.end?.do).toBe('done');
});

it('starts the budget anew after a failure of another kind', () => {
  const run = simulate(
    timeline(
      [MINUTE, running],
      [HOUR, refused],
      [HOUR + 2 * MINUTE, error('server')],
      [2 * HOUR, refused],
      [9e9, completed],
    ),
  );
  expect(run.end?.do).toBe('done');
});

it('does not count our own downtime: at least three refusals in a row end the wait', () => {
  const downtime = { observation: noAnswer, takesMs: MINUTE };
  const run = simulate((at, check) => {
    if (at < MINUTE) return { observation: check ? refused : running, takesMs: 40 * SECOND };
    if (at < 3 * HOUR) return downtime;
    return { observation: refused, takesMs: 0 };
  });
  expect(run.checks.filter(({ outcome }) => outcome === 'error')).toHaveLength(3);
});

it('mixed with other failures still ends, as an outage', () => {
  const run = simulate((at, check) => ({ observation: [refused, error('server')][check % 2]!, takesMs: 0 }), {});
  expect(failureOf(run).type).toBe('UnstructuredAuthenticationError');

  const seen = simulate((at, check) => ({
    observation: check === 0 ? running : [refused, error('server')][check % 2]!,
    takesMs: 0,
  }));
  expect(failureOf(seen)).toMatchObject({
    type: 'UnstructuredUnreachableError',
    details: { lastError: { type: 'UnstructuredServerError' } },
  });
  expect(seen.endedAt).toBeLessThanOrEqual(12 * HOUR + 3 * MINUTE);
});

it.each([
  ['another 4xx', [error('request', { status: 410 })]],
  ['another 4xx, once in twenty', [...Array.from({ length: 19 }, () => refused), error('validation', { status: 422 })]],
  ['an unknown account and another 4xx', [error('validation'), error('request', { status: 400 })]],
])('alternating with %s still ends, as an outage', (_, others) => {
  const turns = [refused, ...others];
  const run = simulate((_at, check) => ({ observation: check ? turns[check % turns.length]! : running, takesMs: 0 }));
  expect(failureOf(run)).toMatchObject({
    type: 'UnstructuredUnreachableError',
    details: { lastStatus: 'IN_PROGRESS' },
  });
  expect(run.endedAt).toBeGreaterThanOrEqual(12 * HOUR);
  expect(run.endedAt).toBeLessThanOrEqual(12 * HOUR + 2 * MINUTE);
});

it('longer than an outage is left to its budget, also where one other error came before', () => {
  const service = timeline([MINUTE, running], [3 * MINUTE, error('server')], [20 * HOUR, refused], [9e9, completed]);
  expect(simulate(service, { options: { credentialBudget: DAY } }).end?.do).toBe('done');
});

it('tolerates a worker that does not know the account, once the job was seen', () => {
  const unknownAccount = error('validation');
  const service = timeline([MINUTE, running], [30 * MINUTE, unknownAccount], [Infinity, completed]);
  expect(simulate(service).end?.do).toBe('done');
  expect(failureOf(simulate(replies(unknownAccount))).type).toBe('UnstructuredValidationError');
});

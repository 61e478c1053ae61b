// Waits that are under way when a worker is updated go on, whatever the defaults and the chances of the new version are. `npm run sweep:numbers`
// tries all variants of them; here is one of each kind at least.
import { beforeAll, expect, test } from 'vitest';
import { DEFAULT_START_OPTIONS } from '../../src/core/start/options';
import { DEFAULT_WAIT_OPTIONS } from '../../src/core/wait/options';
import { recordedHistories, replay } from '../support/histories';
import { collectLogs } from '../support/logs';
import { bundleWith, type OtherNumbers } from '../support/other-numbers';

beforeAll(() => collectLogs());

/** Every default that is no number: another of its values; a limit where there was none. */
const OTHER_POLICIES = {
  files: 'final',
  queueLimit: 90_000,
  runLimit: 90_000,
  totalLimit: 90_000,
  stallLimit: 90_000,
  safetyGap: 5_000,
  onCancel: 'cancel',
  onLimit: 'cancel',
  failedFiles: 'off',
  startToken: false,
  whenBusy: 'fail',
  onRefused: 'skip',
  startTaskQueue: 'another',
  searchAttributes: { jobId: 'A', status: 'B', account: 'C', health: 'D', startedAt: 'E' },
};

/** Another number at each call. */
const DRAWN = '(globalThis.drawn = ((globalThis.drawn ?? 0) + 0.37) % 1)';

/** One of each kind: numbers below and above ours, other policies, and other chances. */
const SAMPLE: Record<string, OtherNumbers> = {
  'a tenth of every number, and a jitter that no two calls agree on': { factor: 0.1, chance: DRAWN },
  'other policies, ten times every number, and all the jitter': { defaults: OTHER_POLICIES, factor: 10, chance: '1' },
};

const MORE: Record<string, OtherNumbers> = {
  'a jitter that no two calls agree on': { chance: DRAWN },
  'a tenth of every number, and no jitter': { factor: 0.1, chance: '0' },
  'no jitter': { chance: '0' },
  'all the jitter': { chance: '1' },
  'another jitter, and other numbers': { chance: '1 - number', factor: 3, defaults: OTHER_POLICIES },
  'a tenth of every number': { factor: 0.1 },
  'other policies, and ten times every number': { defaults: OTHER_POLICIES, factor: 10 },
  'a thousandth of every number': { factor: 0.001 },
  'nine tenths of every number': { factor: 0.9 },
  'every number by a half more': { factor: 1.5 },
  'ten times every number': { factor: 10 },
  'other policies and limits': { defaults: OTHER_POLICIES },
  'another jitter': { chance: '1 - number' },
};

const CASES = process.env['NUMBERS'] === 'all' ? { ...SAMPLE, ...MORE } : SAMPLE;

test('every default that is no number has another here', () => {
  const defaults = Object.entries({ ...DEFAULT_WAIT_OPTIONS, ...DEFAULT_START_OPTIONS });
  expect(Object.keys(OTHER_POLICIES).sort()).toEqual(
    defaults.flatMap(([name, value]) => (typeof value === 'number' ? [] : [name])).sort(),
  );
  for (const [name, value] of Object.entries(OTHER_POLICIES)) {
    expect(Object.fromEntries(defaults)).not.toMatchObject({ [name]: value });
  }
});

/** The same history, as from a worker whose activities bring no options back: a mock, or another worker's. */
function withoutOptions<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutOptions) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, entry]) => [
    name,
    name === 'data' && typeof entry === 'string' ? withoutOptionsIn(entry) : withoutOptions(entry as unknown),
  ]);
  return Object.fromEntries(entries) as T;
}

function withoutOptionsIn(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString();
  if (!text.startsWith('{"') || !/"options":\{"(version":1|parallel)/.test(text)) return base64;
  const { options, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return options === undefined ? base64 : Buffer.from(JSON.stringify(rest)).toString('base64');
}

/** Every recorded history, and the same where no answer has reported options back. */
function bothForms(): { workflowId: string; history: unknown }[] {
  const without = recordedHistories().map(({ workflowId, history }) => ({
    workflowId: `${workflowId} without options`,
    history: withoutOptions(history),
  }));
  return [...recordedHistories(), ...without];
}

test.each(Object.entries(CASES))(
  'with %s, every recorded history replays, also where no answer has reported options back',
  async (_, others) => {
    await replay(bothForms(), bundleWith(others));
  },
);

test('a history without options is another one', () => {
  const bytes = ([one]: unknown[]) => JSON.stringify(one).length;
  const simple = recordedHistories().filter(({ workflowId }) => workflowId.includes('simple'));
  expect(bytes(withoutOptions(simple))).toBeLessThan(bytes(simple) - 1_000);
});

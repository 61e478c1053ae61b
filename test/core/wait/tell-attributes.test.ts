// Which search attributes a wait tells the server, and when.
import { describe, expect, it } from 'vitest';
import { durationToMs } from '../../../src/common/duration';
import { ATTRIBUTE_NAMES, ATTRIBUTE_TYPES } from '../../../src/core/names';
import { type AttributeNames, attributesError } from '../../../src/core/wait/attributes';
import { counted } from '../../../src/core/wait/node-counts';
import { observe } from '../../../src/core/wait/observe';
import { INITIAL_WAIT_OPTIONS, type WaitOptionsInput } from '../../../src/core/wait/options';
import { resolveWaitOptions } from '../../../src/core/wait/resolve-options';
import { startWait, type WaitState } from '../../../src/core/wait/state';
import {
  attributesToAsk,
  attributesToTell,
  attributesTold,
  withAttributes,
} from '../../../src/core/wait/tell-attributes';
import { answer, JOB_ID, nodesAt } from '../fixtures';

const START = startWait({ jobId: JOB_ID, files: 'all', safetyGapMs: null }, 1_000);
const resolve = (searchAttributes: WaitOptionsInput['searchAttributes']) =>
  resolveWaitOptions({ searchAttributes }, durationToMs).searchAttributes;
const streak = { count: 1, since: 0 };
const running = observe(START, answer('IN_PROGRESS'), 1_000, 1_000);
const nodes = counted(running, { stallLimit: 1 }, nodesAt(1), 1_000, 1_000);
const { job: runningJob, nodes: stillNodes } = counted(nodes, { stallLimit: 1 }, nodesAt(1), 2_000, 2_000);
const stalled = { job: runningJob, nodes: stillNodes };

describe('the option', () => {
  it('stands for the usual names, for others of some, or for none', () => {
    expect(resolve(true)).toEqual(ATTRIBUTE_NAMES);
    expect(resolve({ health: 'State' })).toEqual({ ...ATTRIBUTE_NAMES, health: 'State' });
    for (const none of [false, undefined]) expect(resolve(none)).toBeNull();
    expect(INITIAL_WAIT_OPTIONS.searchAttributes).toBeNull();
  });

  it.each([
    'yes',
    1,
    [],
    { health: '' },
    { health: 'a b' },
    { health: 5 },
    { stage: 'Stage' },
    { health: 'Same', status: 'Same' },
    { health: ATTRIBUTE_NAMES.jobId },
  ] as never[])('is refused as %j', (value) => {
    expect(() => resolve(value)).toThrow(/^Option searchAttributes must be true, false, or an object with names/);
  });
});

describe('what a namespace lacks', () => {
  const types: Record<string, string> = Object.fromEntries(
    Object.entries(ATTRIBUTE_TYPES).map(([key, type]) => [ATTRIBUTE_NAMES[key as keyof AttributeNames], type]),
  );

  it('is nothing, or told by name and type', () => {
    expect(attributesError(ATTRIBUTE_NAMES, (name) => types[name])).toBeNull();
    const others: Record<string, string | undefined> = { UnstructuredHealth: undefined, UnstructuredJobId: 'Text' };
    expect(attributesError(ATTRIBUTE_NAMES, (name) => (name in others ? others[name] : types[name]))).toBe(
      'The namespace lacks search attributes: UnstructuredJobId (Keyword, not Text), UnstructuredHealth (Keyword)',
    );
  });

  it('is asked for until it is nothing, and only where the option says so', () => {
    expect(attributesToAsk(START, null)).toBeUndefined();
    expect(attributesToAsk(START, ATTRIBUTE_NAMES)).toBe(ATTRIBUTE_NAMES);
    const lacking = withAttributes(START, 'The namespace lacks search attributes: …');
    expect(attributesToAsk(lacking, ATTRIBUTE_NAMES)).toBe(ATTRIBUTE_NAMES);
    expect(attributesToAsk(withAttributes(lacking, null), ATTRIBUTE_NAMES)).toBeUndefined();
  });
});

describe('what is told', () => {
  const known = withAttributes(START, null);
  const told = attributesTold(known, attributesToTell(known, 'eu'));

  it('is nothing before the server has the attributes', () => {
    expect(attributesToTell(START, 'eu')).toEqual({});
    expect(attributesToTell(withAttributes(START, 'a problem'), 'eu')).toEqual({});
  });

  it('is all that is known, once, and then what changed', () => {
    expect(attributesToTell(known, 'eu')).toEqual({ jobId: JOB_ID, account: 'eu', health: 'ok', startedAt: 1_000 });
    expect(attributesToTell(known)).not.toHaveProperty('account');
    expect(attributesToTell(told, 'eu')).toEqual({});
    expect(attributesToTell({ ...told, failing: streak }, 'eu')).toEqual({ health: 'failing' });
    const failing = attributesTold({ ...told, failing: streak }, { health: 'failing' });
    expect(attributesToTell(failing, 'eu')).toEqual({});
    expect(attributesToTell({ ...failing, failing: null }, 'eu')).toEqual({ health: 'ok' });
  });

  it.each<[string, Partial<WaitState>]>([
    ['stalled', stalled],
    ['failing', { ...stalled, failing: streak }],
    ['refused key', { failing: streak, credentialFailing: streak }],
    ['no worker', { failing: streak, credentialFailing: streak, unserved: { since: 0, taskQueue: 'q' } }],
  ])('is the health %s', (health, state) => {
    const { status, ...others } = attributesToTell({ ...told, ...state }, 'eu');
    expect([status, others]).toEqual([state.job?.status, { health }]);
  });

  it('is short, and in one line, whatever status and account are', () => {
    const job = { id: JOB_ID, status: `a\n${'x'.repeat(500)}` } as WaitState['job'];
    const { status, account } = attributesToTell({ ...known, job }, 'é'.repeat(500));
    expect(status).toMatch(/^a x+$/);
    expect([status?.length, account?.length]).toEqual([200, 200]);
  });
});

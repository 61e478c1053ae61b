// An activity that a wait asks about search attributes tells what the server says of them, and is never held up or failed by the question.
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { reportBack } from '../../../activities/support/report-back';
import { ATTRIBUTE_NAMES } from '../../../src/core/names';
import { quiet } from '../../support/logs';

const ALL = {
  UnstructuredJobId: 2,
  UnstructuredJobStatus: 2,
  UnstructuredAccount: 2,
  UnstructuredHealth: 2,
  UnstructuredStartedAt: 6,
};
const INPUT = { searchAttributes: ATTRIBUTE_NAMES };
const lacking = (what: string) => `The namespace lacks search attributes: ${what}`;

/** A server that answers so, or fails so. */
function serverWith(answer: () => Promise<object>) {
  let questions = 0;
  const listSearchAttributes = async () => {
    questions++;
    return { customAttributes: await answer() };
  };
  const client = {
    connection: { operatorService: { listSearchAttributes } },
    withDeadline: (_at: number, ask: () => unknown) => ask(),
    withAbortSignal: (_signal: AbortSignal, ask: () => unknown) => ask(),
  } as unknown as Client;
  const run = (input: object, answering: () => Promise<unknown>) =>
    new MockActivityEnvironment({}, { client, logger: quiet }).run(() => reportBack(input, answering));
  return { run, questions: () => questions };
}

const failWith = (code: number) => () => Promise.reject(Object.assign(new Error('refused'), { code }));
const answer = () => Promise.resolve({ job: 1 });

it.each<[string, () => Promise<object>, string | null | undefined]>([
  ['has them all', () => Promise.resolve(ALL), null],
  [
    'lacks one',
    () => Promise.resolve({ ...ALL, UnstructuredHealth: undefined }),
    lacking('UnstructuredHealth (Keyword)'),
  ],
  [
    'has one of another type',
    () => Promise.resolve({ ...ALL, UnstructuredHealth: 1 }),
    lacking('UnstructuredHealth (Keyword, not Text)'),
  ],
  ['does not tell', failWith(12), 'Search attributes are not set: the server does not say which it has'],
  ['does not tell this worker', failWith(7), 'Search attributes are not set: the worker may not ask for them'],
  ['is not there', failWith(14), undefined],
])('of a server that %s', async (_, server, error) => {
  const { run } = serverWith(server);
  const told = error === undefined ? {} : { searchAttributesError: error };
  expect(await run(INPUT, answer)).toEqual({ job: 1, ...told });
  const failure = ApplicationFailure.create({ type: 'UnstructuredServerError', message: 'down', details: [{ a: 1 }] });
  const details = error === undefined ? [{ a: 1 }] : [{ a: 1 }, told];
  await expect(run(INPUT, () => Promise.reject(failure))).rejects.toMatchObject({ message: 'down', details });
});

it('asks once for many waits, not where nobody asks, and anew after a failure', async () => {
  const good = serverWith(() => Promise.resolve(ALL));
  await Promise.all([1, 2, 3].map(() => good.run(INPUT, answer)));
  expect(await good.run({}, answer)).toEqual({ job: 1 });
  expect(good.questions()).toBe(1);
  const bad = serverWith(failWith(14));
  for (const times of [1, 2]) {
    await bad.run(INPUT, answer);
    expect(bad.questions()).toBe(times);
  }
});

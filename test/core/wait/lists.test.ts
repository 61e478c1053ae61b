import { describe, expect, it } from 'vitest';
import type { NodeFile } from '../../../src/core/job';
import { waitResult } from '../../../src/core/wait/report';
import { waitProgress } from '../../../src/core/wait/progress';
import type { ListCheck, Observation } from '../../../src/core/wait/job-check';
import { digestsHeld, type WaitState } from '../../../src/core/wait/state';
import { after, answer, error, jobSummary, listOf, newWait, noAnswer, nodeFile, START } from '../fixtures';

const a = [nodeFile('a.pdf'), nodeFile('a.pdf', 'chunk')];
const b = [nodeFile('b.pdf')];
const sameAs = (list: NodeFile[]): ListCheck<NodeFile> => ({ digest: listOf(list).digest, total: list.length });

const running = (outputNodeFiles: ListCheck<NodeFile>) => answer('IN_PROGRESS', { outputNodeFiles });
const completed = (outputNodeFiles: ListCheck<NodeFile>) => answer('COMPLETED', { outputNodeFiles });
const filesOf = (state: WaitState) => {
  const { outputNodeFiles, outputNodeFilesSource, outputNodeFilesTotal } = waitResult(
    state,
    jobSummary('COMPLETED'),
    START,
  );
  return [outputNodeFiles, outputNodeFilesSource, outputNodeFilesTotal];
};

it('returns the list of the terminal answer', () => {
  expect(filesOf(after([running(listOf(a)), completed(listOf(b))]))).toEqual([b, 'answer', 1]);
});

it('returns a list that the terminal answer only confirms', () => {
  expect(filesOf(after([running(listOf(a)), completed(sameAs(a))]))).toEqual([a, 'answer', 2]);
});

it('never lets a null list erase an earlier one', () => {
  const failing = [noAnswer, error('server')];
  expect(filesOf(after([running(listOf(a)), ...failing, completed(null)]))).toEqual([a, 'earlierAnswer', 2]);
});

it('returns an empty list where no answer carried one, and says so', () => {
  expect(filesOf(after([running(null), completed(null)]))).toEqual([[], 'none', 0]);
});

it('takes a list that is said to be held but is not for an empty one', () => {
  expect(filesOf(after([completed(sameAs(a))]))).toEqual([[], 'answer', 2]);
});

describe('entries that could not be read', () => {
  const unreadable = (status: string, list: NodeFile[], unreadableEntries: number): Observation => {
    const outputNodeFiles = listOf(list);
    return {
      type: 'answer',
      check: { job: jobSummary(status), inputFileIds: null, outputNodeFiles, unreadableEntries },
    };
  };
  const told = (state: WaitState) => {
    const { wait } = waitResult(state, jobSummary('COMPLETED'), START);
    return [wait.unreadableEntries, waitProgress(state, null, 'ended').unreadableEntries];
  };

  it('are told, and are no failed check', () => {
    const state = after([running(listOf(a)), unreadable('COMPLETED', b, 3)]);
    expect(told(state)).toEqual([3, 3]);
    expect([state.failures, state.checks, state.answers]).toEqual([{}, 2, 2]);
  });

  it('never take away what an earlier answer listed', () => {
    expect(filesOf(after([running(listOf(a)), unreadable('COMPLETED', a.slice(1), 1)]))).toEqual([
      a,
      'earlierAnswer',
      2,
    ]);
    expect(filesOf(after([running(listOf(b)), unreadable('COMPLETED', a, 1)]))).toEqual([a, 'answer', 2]);
    expect(filesOf(after([unreadable('COMPLETED', b, 1)], newWait(a)))).toEqual([a, 'start', 2]);
  });

  it('are forgotten once a list is read whole, and not where an answer has none', () => {
    const seen = unreadable('IN_PROGRESS', a, 1);
    expect(told(after([seen, completed(null)]))).toEqual([1, 1]);
    expect(told(after([seen, completed(listOf(a))]))).toEqual([0, 0]);
    expect(told(after([completed(listOf(a))]))).toEqual([0, 0]);
  });

  it('are told of a list that is none', () => {
    const check = { job: jobSummary('COMPLETED'), inputFileIds: null, outputNodeFiles: null, unreadableEntries: 2 };
    expect(told(after([{ type: 'answer', check }]))).toEqual([2, 2]);
  });
});

describe('files known at the start', () => {
  it('stand in where no answer carries the list', () => {
    expect(filesOf(after([completed(null)], newWait(a)))).toEqual([a, 'start', 2]);
  });

  it('give way to a list of the API', () => {
    expect(filesOf(after([running(listOf(b)), completed(null)], newWait(a)))).toEqual([b, 'earlierAnswer', 1]);
  });

  it('are selected like any list, the total beside them', () => {
    expect(filesOf(after([completed(null)], newWait(a, 'final')))).toEqual([[a[1]], 'start', 2]);
    expect(filesOf(after([completed(null)], newWait(a, 'none')))).toEqual([[], 'start', 2]);
  });
});

describe('the digests that a check is sent', () => {
  it('are none before the first answer, nor for files known at the start', () => {
    expect(digestsHeld(newWait())).toStrictEqual({});
    expect(digestsHeld(newWait(a))).toStrictEqual({});
  });

  it('are those of the lists held', () => {
    const inputFileIds = listOf(['a.pdf']);
    const both = after([answer('IN_PROGRESS', { inputFileIds, outputNodeFiles: listOf(a) }), answer('IN_PROGRESS')]);
    expect(digestsHeld(both)).toStrictEqual({ inputFileIds: inputFileIds.digest, outputNodeFiles: listOf(a).digest });
    expect(digestsHeld(after([running(listOf(a))]))).toStrictEqual({ outputNodeFiles: listOf(a).digest });
    expect(digestsHeld(after([answer('IN_PROGRESS', { inputFileIds })]))).toStrictEqual({
      inputFileIds: inputFileIds.digest,
    });
  });
});

describe('the input file ids', () => {
  const withIds = (inputFileIds: ListCheck<string>) => answer('IN_PROGRESS', { inputFileIds });

  it('are those of the last answer that carried them', () => {
    const state = after([withIds(listOf(['a'])), withIds(listOf(['b'])), withIds(null)]);
    expect(waitResult(state, jobSummary('COMPLETED'), START).inputFileIds).toEqual(['b']);
  });

  it('are null where no answer carried them', () => {
    expect(waitResult(after([withIds(null)]), jobSummary('COMPLETED'), START).inputFileIds).toBeNull();
  });

  it('are left out with the files', () => {
    const state = after([withIds(listOf(['a']))], newWait(undefined, 'none'));
    expect(waitResult(state, jobSummary('COMPLETED'), START).inputFileIds).toBeNull();
  });
});

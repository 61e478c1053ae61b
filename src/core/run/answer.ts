import { hashText } from '../digest';
import { invalidInput, type UnstructuredApiError } from '../errors';
import { DEFAULT_ACCOUNT } from '../names';
import { defaultIdentity, shownRef } from '../reference';
import { INITIAL_START_OPTIONS } from '../start/options';
import { given, isObject, show } from '../values';
import { INITIAL_WAIT_OPTIONS } from '../wait/options';
import { checkOutputs, showJobToStart } from './check-input';
import type { RunJobInput } from './input';

/**
 * What decides a run's answer, apart from its documents. For each option: a digest of its value and, after a space, the value as messages may show
 * it. It is stored in memos, so it is small and contains nothing that may be secret.
 */
export type AnswerNote = Partial<Record<AnswerOption, string>>;

type AnswerOption =
  | 'start'
  | 'account'
  | 'outputs.to'
  | 'outputs.name'
  | 'outputs.which'
  | 'outputs.onLost'
  | 'failedFiles'
  | 'onRefused'
  | 'whenBusy';

/** The input of a run. `null` counts as not given. */
type Given = {
  [Name in 'start' | 'account' | 'outputs' | 'failedFiles' | 'onRefused' | 'whenBusy']?:
    RunJobInput<unknown>[Name] | null;
};

/** Length of a digest in a note. */
const DIGEST = 16;

/**
 * Distinguishes runs of one key by what they answer. Limits, gaps, budgets, and what happens to a job concern only the run itself. The values that
 * stand for options that are not given never change, so that the same input has the same note in each version.
 * @returns a note without `start` if the input only has a job to resume
 */
export function answerNote(input: Given): AnswerNote {
  const { start, account, outputs, failedFiles, onRefused } = input;
  const whenBusy = input.whenBusy ?? INITIAL_START_OPTIONS.whenBusy;
  const { to, name, which, onLost } = outputs ? checkOutputs(outputs) : {};
  const own = (value?: string) => (value === undefined ? NONE : note(value, show(value)));
  return {
    ...(start && {
      start: note(sortedJson(lowerCased(given(start))), showJobToStart(start)),
      whenBusy: note(String(whenBusy === 'adopt'), show(whenBusy)), // by any other value the job is the run's own
    }),
    account: own(account ?? DEFAULT_ACCOUNT),
    'outputs.to': to === undefined ? NONE : note(defaultIdentity(to), show(shownRef(to))),
    'outputs.name': own(name),
    'outputs.which': own(which),
    'outputs.onLost': own(onLost),
    failedFiles: own(failedFiles ?? INITIAL_WAIT_OPTIONS.failedFiles),
    onRefused: own(onRefused ?? INITIAL_START_OPTIONS.onRefused),
  };
}

function note(value: string, shown: string): string {
  return `${hashText(value)} ${shown}`;
}

const NONE = note('', 'none');

/** Ids of workflows are not case-sensitive. */
export function lowerCased(jobToStart: object): object {
  return 'workflowId' in jobToStart ? { workflowId: String(jobToStart.workflowId).toLowerCase() } : jobToStart;
}

/** JSON that does not depend on the order of an object's fields. */
export function sortedJson(value: unknown): string {
  const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
  return JSON.stringify(value, (_name, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(byName)) : part,
  );
}

/**
 * @param noted The note in the run's memo; may be anything, if another program wrote it
 * @throws UnstructuredValidationError naming the first option that differs, and both values
 */
export function refuseOtherAnswer(noted: unknown, wanted: AnswerNote): void {
  const before = new Map<string, unknown>(isObject(noted) ? Object.entries(noted) : []);
  for (const [option, after] of Object.entries(wanted)) {
    const earlier = before.get(option);
    if (typeof earlier !== 'string' || digestIn(earlier) === digestIn(after)) continue;
    const values = [earlier, after].map((one) => one.slice(DIGEST + 1));
    const isTold = values[0] !== values[1];
    throw otherAnswer(option, isTold ? values : [earlier, after].map(withDigest));
  }
}

export function otherAnswer(option: string, [before, after]: string[]): UnstructuredApiError {
  return invalidInput(
    `Option ${option} must match the run of this key, which has ${before}; got ${after}. ` +
      'A key stands for one run: for another answer, use a new key.',
  );
}

function digestIn(noted: string): string {
  return noted.slice(0, DIGEST);
}

function withDigest(noted: string): string {
  return `${noted.slice(DIGEST + 1)} (digest ${digestIn(noted)})`;
}

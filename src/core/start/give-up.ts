import type { RefusedDocument } from '../refusal';
import { isoTime } from '../instant';
import { BROKEN_DOCUMENTS, budgetInUse } from './budgets';
import { documentsRefused } from './failure';
import type { StartOptions } from './options';
import type { RefusedStart } from './refused-sends';
import type { StartState } from './state';

/**
 * Gives up documents that the start has waited for long enough. They count as refused. If refused documents may be skipped, the others are sent
 * without them, and the budgets of the start continue. Otherwise the start fails. Each call that changes the state gives up at least one more
 * document.
 *
 * @param total Number of documents of the start
 */
export function givingUp(state: StartState, options: StartOptions, total: number): StartState {
  const { refused, givenUp: before = [] } = state;
  if (!refused || refused.final) return state;
  const more = lostDocuments(refused, options).filter(({ index }) => before.every((one) => one.index !== index));
  if (more.length === 0) return state;
  const givenUp = [...before, ...more].sort((a, b) => a.index - b.index);
  if (options.onRefused === 'skip' && givenUp.length < total) {
    const { limitedSince, outageSince } = refused;
    return { ...state, refused: null, refusedBefore: { limitedSince, outageSince }, givenUp };
  }
  const { type, message, details: refusal } = documentsRefused(givenUp, total);
  const error = { type, message, api: null, retryable: false, refusal };
  return { ...state, givenUp, refused: { ...refused, final: true, error } };
}

/** Documents whose time is over. */
function lostDocuments(refused: RefusedStart, options: StartOptions): RefusedDocument[] {
  const { broken, at, outageSince, error } = refused;
  const { name, since, budgetMs } = budgetInUse(refused, options);
  if (at - since < budgetMs) return [];
  if (name === 'credentials') return options.onRefused === 'skip' ? (error.refusal?.refused ?? []) : [];
  if (name !== 'documents' || !broken) return [];
  const isOutageOver = at - (outageSince ?? at) >= options.startOutageBudget;
  return broken.sends < BROKEN_DOCUMENTS.fewestSends && !isOutageOver
    ? []
    : broken.documents.map((one) => withSends(one, broken));
}

function withSends(document: RefusedDocument, { sends, since }: { sends: number; since: number }): RefusedDocument {
  const often = sends === 1 ? '' : `, in ${sends} sends since ${isoTime(since)}`;
  return { ...document, message: document.message + often };
}

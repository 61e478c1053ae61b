import type { AttributeNames, AttributeValues, WaitHealth } from './attributes';
import { isStalled } from './node-counts';
import type { WaitState } from './state';

/** Where the server keeps its lists in a database, it takes no longer keyword. */
const MAX_CHARACTERS = 200;

/** What a check brought back of the search attributes; it is asked anew until nothing is wrong. */
export function withAttributes(state: WaitState, error: string | null): WaitState {
  return { ...state, attributes: { error, told: state.attributes?.told ?? {} } };
}

/** Whether the next check asks what the server knows of the search attributes. */
export function attributesToAsk(state: WaitState, names: AttributeNames | null): AttributeNames | undefined {
  return names && state.attributes?.error !== null ? names : undefined;
}

export function attributeValues(state: WaitState, account?: string): AttributeValues {
  return {
    jobId: state.jobId,
    status: keyword(state.job?.status),
    account: keyword(account),
    health: healthOf(state),
    startedAt: state.startedAt,
  };
}

/** What the server does not hold yet of a wait; nothing before it said that it can. */
export function attributesToTell(state: WaitState, account?: string): Partial<AttributeValues> {
  if (state.attributes?.error !== null) return {};
  const { told } = state.attributes;
  const isNew = ([key, value]: [string, unknown]) => value !== (told[key as keyof AttributeValues] ?? null);
  return Object.fromEntries(Object.entries(attributeValues(state, account)).filter(isNew));
}

/** They are told. */
export function attributesTold(state: WaitState, values: Partial<AttributeValues>): WaitState {
  const { error = null, told = {} } = state.attributes ?? {};
  return { ...state, attributes: { error, told: { ...told, ...values } } };
}

function healthOf(state: WaitState): WaitHealth {
  const { unserved, credentialFailing, failing } = state;
  if (unserved) return 'no worker';
  if (credentialFailing) return 'refused key';
  if (failing) return 'failing';
  return isStalled(state) ? 'stalled' : 'ok';
}

/** Accounts and statuses come from outside. */
function keyword(text: string | null | undefined): string | null {
  return text ? text.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_CHARACTERS) : null;
}

import { activityInfo } from '@temporalio/activity';
import { typedError } from '../../src/core/document';
import { shownRef } from '../../src/core/reference';
import { isStorageError } from '../../src/core/storage-error';
import { isObject } from '../../src/core/values';
import { isForeignRefusal } from '../support/storage-failure';
import { createRetryTime, triedBefore, type RetryTime } from '../support/retry-time';
import type { DocumentsPort } from './documents';
import type { RecordsPort } from './records';

/** `credential`: the storage refuses the worker's credential. `noStorage`: something other than the storage refuses the call, such as a proxy. */
type RefusalKind = 'credential' | 'noStorage';

/** How long calls may be refused since the last one was accepted, in milliseconds. */
const BUDGETS: Readonly<Record<RefusalKind, number>> = { credential: 3_600_000, noStorage: 600_000 };

/** A refused call that has not been accepted since, in the form in which one attempt passes it to the next. */
interface RefusalSoFar extends RetryTime {
  /** The kind of call, with its place and record. Contains no secret. */
  call: string;
  kind: RefusalKind;
}

/** Measures how long a storage has refused its caller, over all attempts of an activity. Each kind of refusal has its own budget. */
export class CredentialBudget {
  readonly #budgets: Readonly<Record<RefusalKind, number>>;
  readonly #time = createRetryTime();
  /** Refusals by kind. Each kind has its own budget, whatever other errors come in between. `since` is on the clock of `performance`. */
  readonly #refused = new Map<RefusalKind, { call: string; since: number }>();

  /** @param left Heartbeat details of the activity that this one replaces */
  constructor(credentialBudgetMs: number = BUDGETS.credential, left?: unknown) {
    this.#budgets = { ...BUDGETS, credential: credentialBudgetMs };
    const own: unknown = activityInfo().heartbeatDetails;
    for (const before of refusalsIn(own ?? left)) {
      const triedMs = triedBefore(isObject(own) ? before : { ...before, attempt: 0 });
      this.#refused.set(before.kind, { call: before.call, since: performance.now() - triedMs });
    }
  }

  /** For heartbeat details; undefined if nothing is refused. */
  get soFar(): RefusalSoFar[] | undefined {
    if (this.#refused.size === 0) return undefined;
    return [...this.#refused].map(([kind, { call }]) => ({ call, kind, ...this.#time(this.#triedMs(kind)) }));
  }

  /** Whether an error is a refusal whose budget is used up. */
  isOver(error: unknown): boolean {
    const kind = refusalKind(error);
    return kind !== undefined && this.#triedMs(kind) >= this.#budgets[kind];
  }

  /** The same storage, with its calls recorded. */
  records(storage: RecordsPort): RecordsPort {
    return {
      readRecord: (to, path, options) =>
        this.#noted(callOf('readRecord', to, path), () => storage.readRecord(to, path, options)),
      writeRecord: (to, path, ...rest) =>
        this.#noted(callOf('writeRecord', to, path), () => storage.writeRecord(to, path, ...rest)),
    };
  }

  /** The same storage, with its calls recorded. */
  documents(storage: DocumentsPort): DocumentsPort {
    return {
      ...this.records(storage),
      listDocuments: (from, options) =>
        this.#notedPages(`listDocuments ${shownRef(from)}`, storage.listDocuments(from, options)),
      canStore: (to, path) => storage.canStore(to, path),
      firstReplaced: (...outputs) => storage.firstReplaced(...outputs),
      listsOutputs: (...places) => storage.listsOutputs(...places),
      openDocument: (ref, options) =>
        this.#noted(`openDocument ${shownRef(ref)}`, () => storage.openDocument(ref, options)),
    };
  }

  async #noted<T>(call: string, perform: () => Promise<T>): Promise<T> {
    try {
      const answer = await perform();
      this.#letThrough(call);
      return answer;
    } catch (thrown) {
      throw this.#failed(call, typedError(thrown));
    }
  }

  async *#notedPages<T>(call: string, pages: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      for await (const page of pages) {
        this.#letThrough(call);
        yield page;
      }
    } catch (thrown) {
      throw this.#failed(call, typedError(thrown));
    }
  }

  #letThrough(call: string): void {
    for (const [kind, refused] of this.#refused) if (refused.call === call) this.#refused.delete(kind);
  }

  /** A passing error in between, such as an outage, does not end a refusal. If several calls are refused, the first one counts until it succeeds. */
  #failed(call: string, error: unknown): unknown {
    const kind = refusalKind(error);
    if (kind !== undefined && !this.#refused.has(kind)) this.#refused.set(kind, { call, since: performance.now() });
    return error;
  }

  #triedMs(kind: RefusalKind): number {
    const { since = performance.now() } = this.#refused.get(kind) ?? {};
    return Math.round(performance.now() - since);
  }
}

/** Names a call and its record. The id of a plan is replaced, because each attempt that starts over has a new one. */
function callOf(what: string, to: string, path: string): string {
  return `${what} ${shownRef(to)} ${path.replace(/plan\/[^/]+\//, 'plan/')}`;
}

function refusalKind(error: unknown): RefusalKind | undefined {
  if (isStorageError(error) && error.details.kind === 'credential') return 'credential';
  return isForeignRefusal(error) ? 'noStorage' : undefined;
}

function refusalsIn(details: unknown): RefusalSoFar[] {
  const { refused } = isObject(details) ? (details as { refused?: RefusalSoFar[] }) : {};
  return Array.isArray(refused) ? refused : [];
}

import { activityInfo } from '@temporalio/activity';
import { shownRef } from '../../src/core/reference';
import { isStorageError } from '../../src/core/storage-error';
import { isObject } from '../../src/core/values';
import { isOfNoStorage } from '../support/storage-failure';
import { tellingTime, triedBefore, type TriedTime } from '../support/tried-time';
import type { DocumentsPort } from './documents';
import type { RecordsPort } from './records';

/** `credential`: the storage refuses the worker's credential. `noStorage`: something refuses the call that is no storage, such as a proxy. */
type RefusalKind = 'credential' | 'noStorage';

/** How long a call may be refused since it was let through last, in milliseconds. */
const BUDGETS: Readonly<Record<RefusalKind, number>> = { credential: 3_600_000, noStorage: 600_000 };

/** A call that was refused, and was not let through since, as an attempt tells it to the next. */
interface ToldRefusal extends TriedTime {
  /** What was called, of which place and record. Holds no secret. */
  call: string;
  kind: RefusalKind;
}

/** Tells how long a storage has refused its caller, over all attempts of an activity, so that each refusal has its budget. */
export class RefusedCalls {
  readonly #budgets: Readonly<Record<RefusalKind, number>>;
  readonly #time = tellingTime();
  /** Since when is on the clock of `performance`. */
  #refused: { call: string; kind: RefusalKind; since: number } | undefined;

  /** @param left What an activity told in whose place this one is */
  constructor(credentialBudgetMs: number = BUDGETS.credential, left?: unknown) {
    this.#budgets = { ...BUDGETS, credential: credentialBudgetMs };
    const own: unknown = activityInfo().heartbeatDetails;
    const told = refusalIn(own ?? left);
    if (!told) return;
    const triedMs = triedBefore(isObject(own) ? told : { ...told, attempt: 0 });
    this.#refused = { call: told.call, kind: told.kind, since: performance.now() - triedMs };
  }

  /** What heartbeats tell; undefined where nothing is refused. */
  get told(): ToldRefusal | undefined {
    if (!this.#refused) return undefined;
    const { call, kind } = this.#refused;
    return { call, kind, ...this.#time(this.#triedMs()) };
  }

  /** Whether an error is a refusal whose budget is used up. */
  isOver(error: unknown): boolean {
    const kind = refusalKind(error);
    return kind !== undefined && this.#triedMs() >= this.#budgets[kind];
  }

  /** The same storage, whose calls are noted. */
  records(storage: RecordsPort): RecordsPort {
    return {
      readRecord: (to, path, options) =>
        this.#noted(callOf('readRecord', to, path), () => storage.readRecord(to, path, options)),
      writeRecord: (to, path, ...rest) =>
        this.#noted(callOf('writeRecord', to, path), () => storage.writeRecord(to, path, ...rest)),
    };
  }

  /** The same storage, whose calls are noted. */
  documents(storage: DocumentsPort): DocumentsPort {
    return {
      ...this.records(storage),
      listDocuments: (from, options) =>
        this.#notedPages(`listDocuments ${shownRef(from)}`, storage.listDocuments(from, options)),
      openDocument: (ref, options) =>
        this.#noted(`openDocument ${shownRef(ref)}`, () => storage.openDocument(ref, options)),
    };
  }

  async #noted<T>(call: string, perform: () => Promise<T>): Promise<T> {
    try {
      const answer = await perform();
      this.#letThrough(call);
      return answer;
    } catch (error) {
      this.#failed(call, error);
      throw error;
    }
  }

  async *#notedPages<T>(call: string, pages: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      for await (const page of pages) {
        this.#letThrough(call);
        yield page;
      }
    } catch (error) {
      this.#failed(call, error);
      throw error;
    }
  }

  #letThrough(call: string): void {
    if (this.#refused?.call === call) this.#refused = undefined;
  }

  /** What passes by itself in between, such as an outage, ends no refusal. Of several calls the first one counts until it is let through. */
  #failed(call: string, error: unknown): void {
    const kind = refusalKind(error);
    if (kind === undefined || this.#refused?.kind === kind) return;
    this.#refused = { call, kind, since: performance.now() };
  }

  #triedMs(): number {
    return this.#refused ? Math.round(performance.now() - this.#refused.since) : 0;
  }
}

/** Which record is called. The id of a plan is another one in each attempt that begins anew. */
function callOf(what: string, to: string, path: string): string {
  return `${what} ${shownRef(to)} ${path.replace(/plan\/[^/]+\//, 'plan/')}`;
}

function refusalKind(error: unknown): RefusalKind | undefined {
  if (isStorageError(error) && error.details.kind === 'credential') return 'credential';
  return isOfNoStorage(error) ? 'noStorage' : undefined;
}

function refusalIn(details: unknown): ToldRefusal | undefined {
  const { refused } = isObject(details) ? (details as { refused?: ToldRefusal }) : {};
  return isObject(refused) ? refused : undefined;
}

import { Agent, type Dispatcher } from 'undici';
import type { Refusal } from '../core/document';
import { UnstructuredDocumentRefusedError } from '../core/errors';
import { wrong } from './options';
import { PrivateAddressError, publicLookup } from './public-addresses';
import type { DocumentSource, OpenDocument } from './source';

const MAX_REDIRECTS = 5;
const TIMEOUTS = { headersTimeout: 30_000, bodyTimeout: 30_000 };

/** A host that is an address needs no lookup: its origin was allowed as what it is. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** `https:` references of allowed origins, and `http:` ones of allowed origins on loopback. */
export class HttpSource implements DocumentSource {
  readonly #origins: ReadonlySet<string>;
  readonly #privateAddresses: boolean;
  #agents: { open: Agent; guarded: Agent } | undefined;

  constructor(origins: readonly string[], privateAddresses: boolean) {
    this.#origins = new Set(origins.map(checkOrigin));
    this.#privateAddresses = privateAddresses;
  }

  /** Judges the head of the answer and lets go of the body: a server would cut it while other documents are sent. It is asked for again then. */
  async open(ref: string, { signal }: { signal: AbortSignal }): Promise<OpenDocument> {
    const answer = await this.#ask(ref, signal);
    const { headers } = answer;
    const known = lengthOf(headers);
    const bytes = known ?? ((await isEmpty(answer.body)) ? 0 : undefined);
    letGo(answer.body);
    const type = headers['content-type'];
    const again = () => this.#again(ref, { length: known, etag: headers['etag'] }, signal);
    let reading: Body | undefined;
    return {
      bytes,
      ...(typeof type === 'string' && { contentType: type }),
      async *stream() {
        reading = await again();
        yield* reading as AsyncIterable<Uint8Array>;
      },
      close: () => {
        if (reading) letGo(reading);
        return Promise.resolve();
      },
    };
  }

  /** The same document's body. @throws Error where it is another one by now */
  async #again(ref: string, { length, etag }: { length: number | undefined; etag: unknown }, signal: AbortSignal) {
    // A weak tag never matches.
    const isStrong = typeof etag === 'string' && etag.startsWith('"');
    const answer = await this.#ask(ref, signal, isStrong ? { 'if-match': etag } : {});
    if (lengthOf(answer.headers) === length) return answer.body;
    letGo(answer.body);
    throw new Error('It changed since it was found');
  }

  /** Asks for a document, where redirects of allowed origins lead. @throws UnstructuredDocumentRefusedError; Error where another try may help */
  async #ask(ref: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<Dispatcher.ResponseData> {
    const refuse = (reason: Refusal, why: string) => new UnstructuredDocumentRefusedError(ref, reason, why);
    let url = parse(ref);
    if (!url || url.username || url.password) throw refuse('malformed', 'it is no URL, or holds a user or password');
    for (let redirects = 0; ; redirects++) {
      if (!this.#origins.has(url.origin))
        throw refuse('originNotAllowed', `${url.origin} is none of documents.origins`);
      const answer = await this.#get(url, signal, headers).catch((error: unknown) => {
        throw isPrivate(error) ? refuse('addressNotAllowed', 'its name leads to a private address') : error;
      });
      const location = [answer.headers['location']].flat()[0];
      if (!isRedirect(answer.statusCode) || location === undefined) {
        await judge(answer, refuse);
        return answer;
      }
      await answer.body.dump();
      const target = parse(location, url);
      if (!target || redirects === MAX_REDIRECTS) throw refuse('notReadable', 'its redirects lead nowhere');
      url = target;
    }
  }

  async close(): Promise<void> {
    const agents = this.#agents;
    this.#agents = undefined;
    await Promise.all([agents?.open.close(), agents?.guarded.close()]);
  }

  /** A name's addresses are judged as it connects; an origin that is an address, or http on loopback, was allowed as what it is. */
  #get(
    { origin, pathname, search, hostname, protocol }: URL,
    signal: AbortSignal,
    more: Record<string, string>,
  ): Promise<Dispatcher.ResponseData> {
    this.#agents ??= { open: new Agent(), guarded: new Agent({ connect: { lookup: publicLookup } }) };
    const isTrusted = this.#privateAddresses || ADDRESS.test(hostname) || protocol === 'http:';
    const agent = isTrusted ? this.#agents.open : this.#agents.guarded;
    const headers = { 'accept-encoding': 'identity', 'user-agent': 'temporal-unstructured', ...more };
    return agent.request({ origin, path: pathname + search, method: 'GET', headers, signal, ...TIMEOUTS });
  }
}

function isPrivate(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof PrivateAddressError) return true;
  return false;
}

function parse(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
}

function checkOrigin(origin: string): string {
  const url = typeof origin === 'string' ? parse(origin) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  const isBare = url?.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  if (isSafe && isBare) return url.origin;
  const expected = 'hold origins such as https://files.example.com, plain http on loopback only';
  throw wrong('documents.origins', expected, origin);
}

export type Body = Dispatcher.ResponseData['body'];
type Headers = Dispatcher.ResponseData['headers'];

/** @throws what `refuse` makes of an answer that is no document; Error where another try may help */
export async function judge(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  refuse: (reason: Refusal, why: string) => Error,
): Promise<void> {
  const problem = statusProblem(statusCode, headers['content-encoding']);
  if (!problem) return;
  await body.dump();
  if (problem === 'later') throw new Error(`The document's server answered ${statusCode}`);
  throw refuse(problem, `its server answered ${statusCode}`);
}

/** Bytes as promised; undefined where the answer does not tell. */
export function lengthOf(headers: Headers): number | undefined {
  const length = Number(headers['content-length']);
  return Number.isSafeInteger(length) ? length : undefined;
}

/** Whether nothing comes. Reads the first bytes. */
export async function isEmpty(body: Body): Promise<boolean> {
  const { done } = await body[Symbol.asyncIterator]().next();
  return done === true;
}

/** Gives up what is left of it, and its connection. */
export function letGo(body: Body): void {
  body.on('error', () => undefined).destroy();
}

function statusProblem(status: number, encoding: unknown): Refusal | 'later' | undefined {
  if (status === 404 || status === 410) return 'notFound';
  if (status >= 500 || status === 408 || status === 429) return 'later';
  if (status !== 200) return 'notReadable';
  return encoding === undefined || encoding === 'identity' ? undefined : 'notReadable';
}

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

import { Agent, type Dispatcher } from 'undici';
import type { Refusal } from '../core/document';
import { invalidInput } from '../core/errors';
import { UnstructuredDocumentRefusedError } from '../core/storage-errors';
import { PrivateAddressError, publicLookup } from './addresses';
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

  async open(ref: string, { signal }: { signal: AbortSignal }): Promise<OpenDocument> {
    const refuse = (reason: Refusal, why: string) => new UnstructuredDocumentRefusedError(ref, reason, why);
    let url = parse(ref);
    if (!url || url.username || url.password) throw refuse('malformed', 'it is no URL, or holds a user or password');
    for (let redirects = 0; ; redirects++) {
      if (!this.#origins.has(url.origin))
        throw refuse('originNotAllowed', `${url.origin} is none of documents.origins`);
      const answer = await this.#get(url, signal).catch((error: unknown) => {
        throw isPrivate(error) ? refuse('addressNotAllowed', 'its name leads to a private address') : error;
      });
      const location = [answer.headers['location']].flat()[0];
      if (!isRedirect(answer.statusCode) || location === undefined) return documentOf(answer, url, refuse);
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
  #get({ origin, pathname, search, hostname, protocol }: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    this.#agents ??= { open: new Agent(), guarded: new Agent({ connect: { lookup: publicLookup } }) };
    const isTrusted = this.#privateAddresses || ADDRESS.test(hostname) || protocol === 'http:';
    const agent = isTrusted ? this.#agents.open : this.#agents.guarded;
    const headers = { 'accept-encoding': 'identity', 'user-agent': 'temporal-unstructured' };
    return agent.request({ origin, path: pathname + search, method: 'GET', headers, signal, ...TIMEOUTS });
  }
}

async function documentOf(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { pathname }: URL,
  refuse: (reason: Refusal, why: string) => Error,
): Promise<OpenDocument> {
  const problem = statusProblem(statusCode, headers['content-encoding']);
  if (problem) {
    await body.dump();
    if (problem === 'later') throw new Error(`The document's server answered ${statusCode}`);
    throw refuse(problem, `its server answered ${statusCode}`);
  }
  const length = Number(headers['content-length']);
  const type = headers['content-type'];
  return {
    name: nameOf(pathname),
    bytes: Number.isSafeInteger(length) ? length : undefined,
    ...(typeof type === 'string' && { contentType: type }),
    stream: () => body,
    close: () => {
      body.on('error', () => undefined).destroy();
      return Promise.resolve();
    },
  };
}

function statusProblem(status: number, encoding: unknown): Refusal | 'later' | undefined {
  if (status === 404 || status === 410) return 'notFound';
  if (status >= 500 || status === 408 || status === 429) return 'later';
  if (status !== 200) return 'notReadable';
  return encoding === undefined || encoding === 'identity' ? undefined : 'notReadable';
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function nameOf(pathname: string): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
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
  if (url && isSafe && url.pathname === '/' && !url.search && !url.username) return url.origin;
  throw invalidInput(
    `documents.origins must hold origins such as https://files.example.com, plain http on loopback only; got ${JSON.stringify(origin)}`,
  );
}

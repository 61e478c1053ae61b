import { setTimeout } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { codeOf } from '../core/error-shape';
import { UnstructuredDocumentRefusedError } from '../core/errors';
import { readContentCodings } from '../network/content-coding';
import { behind, CannotGoOn, decoded, hold, takenUp } from './held-stream';
import { isSame, judge, lengthOf, type Refuse } from './http-answer';
import { wrong } from './options';
import { PrivateAddressError, publicLookup } from './public-addresses';
import type { DocumentSource, OpenDocument } from './source';
import { isBrokenCoding, isTlsRefusal } from './trouble';

const MAX_REDIRECTS = 5;
const PAUSE_MS = 500;
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

  /**
   * The answer is held from its first bytes on: a link may serve but once. One that its server cuts while it waits for its turn is asked for
   * again, and goes on where it broke off, if it can be told to be the same.
   */
  async open(ref: string, { signal }: { signal: AbortSignal }): Promise<OpenDocument> {
    const answer = await this.#ask(ref, signal);
    const { headers } = answer;
    const bodies: Body[] = [];
    const take = ({ body }: Dispatcher.ResponseData) => {
      bodies.push(body.on('error', () => undefined)); // told to its reader, who may come later
      return body as AsyncIterable<Uint8Array>;
    };
    const again = async (from: number) => {
      const next = await this.#ask(ref, signal);
      const body = take(next);
      if (isSame(headers, next.headers, from)) return behind(from, body);
      letGo(next.body);
      throw new CannotGoOn(new Error('It broke off, and what its server has now can not be told to be the same'));
    };
    const pause = (failures: number) => setTimeout(PAUSE_MS * failures, undefined, { signal });
    const codings = readContentCodings(headers['content-encoding']);
    const stream = decoded(takenUp(take(answer), again, pause), codings);
    const [type] = [headers['content-type']].flat();
    const document = {
      ...(type !== undefined && { contentType: type }),
      close: () => {
        bodies.forEach(letGo);
        return Promise.resolve();
      },
    };
    const length = codings.length > 0 ? undefined : lengthOf(headers);
    if (length !== undefined) return { ...document, bytes: length, stream: () => stream };
    try {
      const held = await hold(stream);
      return { ...document, bytes: held.first ? undefined : 0, stream: () => held.all() };
    } catch (error) {
      bodies.forEach(letGo);
      if (!isBrokenCoding(error)) throw error;
      throw new UnstructuredDocumentRefusedError(ref, 'notReadable', `its ${codings.join(', ')} data is broken`);
    }
  }

  /** Asks for a document, where redirects of allowed origins lead. @throws UnstructuredDocumentRefusedError; Error where another try may help */
  async #ask(ref: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const refuse: Refuse = (reason, why, answer) => new UnstructuredDocumentRefusedError(ref, reason, why, answer);
    let url = parse(ref);
    if (!url || url.username || url.password) throw refuse('malformed', 'it is no URL, or holds a user or password');
    for (let redirects = 0; ; redirects++) {
      if (!this.#origins.has(url.origin))
        throw refuse('originNotAllowed', `${url.origin} is none of documents.origins`);
      const answer = await this.#get(url, signal).catch((error: unknown) => {
        if (isTlsRefusal(error))
          throw refuse('notReadable', 'its certificate is not to be trusted', { code: codeOf(error) });
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
  #get({ origin, pathname, search, hostname, protocol }: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    this.#agents ??= { open: new Agent(), guarded: new Agent({ connect: { lookup: publicLookup } }) };
    const isTrusted = this.#privateAddresses || ADDRESS.test(hostname) || protocol === 'http:';
    const agent = isTrusted ? this.#agents.open : this.#agents.guarded;
    const headers = { 'accept-encoding': 'identity', 'user-agent': 'temporal-unstructured' };
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

type Body = Dispatcher.ResponseData['body'];

/** Gives up what is left of it, and its connection. */
function letGo(body: Body): void {
  body.on('error', () => undefined).destroy();
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

import type { Refusal } from '../core/document';
import { invalidInput, UnstructuredDocumentRefusedError } from '../core/errors';
import { USER_AGENT } from '../network/foreign-sockets';
import { get, type RawAnswer } from '../network/get';
import { isBoundToOrigin, type NetworkOptions } from '../network/options';
import {
  isPrivateAddressError,
  publicLookup,
  refuseLoopbackName,
  refusePrivateName,
} from '../network/public-addresses';
import { WayOut } from '../network/way-out';
import { type Body, isEmpty, isRedirect, judge, lengthOf, letGo, tellsItsEnd } from './http-answer';
import { checkOrigin, isAddress, parseUrl } from './origins';
import type { DocumentSource, OpenDocument } from './source';

const MAX_REDIRECTS = 5;
const TIMEOUTS = { headersTimeout: 30_000, bodyTimeout: 30_000 };
const CONNECT_TIMEOUT = 10_000;
/** A tag that can be a condition: a strong one, of signs that a header may hold. */
const STRONG_TAG = /^"[\x21\x23-\x7e]*"$/;

/** `open` lets a name lead anywhere, `guarded` to public addresses alone; `local` leaves this machine by no way. */
type Way = 'local' | 'open' | 'guarded';

/** `https:` references of allowed origins, and `http:` ones of allowed origins on loopback. */
export class HttpSource implements DocumentSource {
  readonly #origins: ReadonlySet<string>;
  readonly #privateAddresses: boolean;
  readonly #network: NetworkOptions;
  readonly #ways = new Map<Way, WayOut>();

  constructor(origins: readonly string[], privateAddresses: boolean, network: NetworkOptions = {}) {
    this.#origins = new Set(origins.map(checkOrigin));
    this.#privateAddresses = privateAddresses;
    this.#network = network;
    if (network.dispatcher && origins.length > 0 && isBoundToOrigin(network.dispatcher))
      throw invalidInput(
        'dispatcher must reach all of documents.origins, as an Agent does; got one that is bound to a single origin, such as a Pool',
      );
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
    const isCondition = typeof etag === 'string' && STRONG_TAG.test(etag);
    const answer = await this.#ask(ref, signal, isCondition ? { 'if-match': etag } : {});
    if (lengthOf(answer.headers) === length) return answer.body;
    letGo(answer.body);
    throw new Error('It changed since it was found');
  }

  /** Asks for a document, where redirects of allowed origins lead. @throws UnstructuredDocumentRefusedError; Error where another try may help */
  async #ask(ref: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<RawAnswer> {
    const refuse = (reason: Refusal, why: string) => new UnstructuredDocumentRefusedError(ref, reason, why);
    let url = parseUrl(ref);
    if (!url || url.username || url.password) throw refuse('malformed', 'it is no URL, or holds a user or password');
    for (let redirects = 0; ; redirects++) {
      if (!this.#origins.has(url.origin))
        throw refuse('originNotAllowed', `${url.origin} is none of documents.origins`);
      const way = this.#wayTo(url);
      const answer = await this.#get(way, url, signal, headers).catch((error: unknown) => {
        throw isPrivateAddressError(error) ? refuse('addressNotAllowed', 'its name leads to a private address') : error;
      });
      const location = [answer.headers['location']].flat()[0];
      if (!isRedirect(answer.status) || location === undefined) {
        judge(answer, refuse);
        if (tellsItsEnd(answer.headers) || !way.mayEndUnmarked(url.origin)) return answer;
        letGo(answer.body);
        throw refuse(
          'notReadable',
          'its server tells neither its length nor sends it in chunks, so that a part of it would pass for the whole',
        );
      }
      letGo(answer.body);
      const target = parseUrl(location, url);
      if (!target || redirects === MAX_REDIRECTS) throw refuse('notReadable', 'its redirects lead nowhere');
      url = target;
    }
  }

  async close(): Promise<void> {
    const ways = [...this.#ways.values()];
    this.#ways.clear();
    await Promise.all(ways.map((way) => way.close()));
  }

  async #get(way: WayOut, url: URL, signal: AbortSignal, more: Record<string, string>): Promise<RawAnswer> {
    await this.#judgeName(url);
    const headers = { 'accept-encoding': 'identity', 'user-agent': USER_AGENT, ...more };
    const request = { origin: url.origin, path: url.pathname + url.search, headers, ...TIMEOUTS };
    return way.lend((dispatcher) => get(dispatcher, request, signal));
  }

  /** What connects by itself looks its names up by itself; here they are judged as well as they can be before. */
  async #judgeName(url: URL): Promise<void> {
    const { dispatcher, proxy } = this.#network;
    if (this.#kindOf(url) !== 'guarded' || (!dispatcher && proxy !== 'env')) return;
    refuseLoopbackName(url.hostname);
    if (dispatcher) await refusePrivateName(url.hostname);
  }

  /** A name's addresses are judged as it connects; an origin that is an address, or http on loopback, was allowed as what it is. */
  #kindOf(url: URL): Way {
    if (url.protocol === 'http:') return 'local';
    return this.#privateAddresses || isAddress(url) ? 'open' : 'guarded';
  }

  #wayTo(url: URL): WayOut {
    const kind = this.#kindOf(url);
    const known = this.#ways.get(kind);
    if (known) return known;
    const { dispatcher, proxy } = this.#network;
    const way = new WayOut({
      dispatcher,
      proxy: kind === 'local' ? 'none' : proxy,
      connect: { timeout: CONNECT_TIMEOUT, ...(kind === 'guarded' && { lookup: publicLookup }) },
    });
    this.#ways.set(kind, way);
    return way;
  }
}

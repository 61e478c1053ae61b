import { setTimeout } from 'node:timers/promises';
import { UnstructuredDocumentRefusedError } from '../core/document';
import { invalidInput } from '../core/errors';
import { UnstructuredStorageError } from '../core/storage-error';
import { readBodyCodings } from '../network/content-coding';
import { hasKnownLength } from '../network/framing';
import type { RawAnswer } from '../network/get';
import { isBoundToOrigin, type NetworkOptions } from '../network/options';
import {
  isPrivateAddressError,
  publicLookup,
  refuseLoopbackName,
  refusePrivateName,
} from '../network/public-addresses';
import { isRedirect, MAX_REDIRECTS } from '../network/redirects';
import { proxyRefusal } from '../network/proxy-refusal';
import { type TlsRefusal, tlsRefusal } from '../network/tls-refusal';
import { deepestCode } from '../network/wrong-setup';
import { USER_AGENT } from '../network/user-agent';
import { Egress } from '../network/egress';
import { CannotReconnect, decoded, openStream, reconnecting, withoutFirst } from './open-stream';
import { type Body, canContinue, requireDocument, readLength, discard, type Refuse } from './http-answer';
import { paced } from './paced';
import { checkOrigin, isAddress, parseUrl } from './origins';
import type { DocumentSource, OpenDocument } from './source';
import { isBrokenCoding } from './error-kinds';

const PAUSE_MS = 500;
const TIMEOUTS = { headersTimeout: 30_000, bodyTimeout: 30_000 };
const CONNECT_TIMEOUT = 10_000;

const TLS_TEXTS: Readonly<Record<TlsRefusal, string>> = {
  certificate: 'its server presents no trusted certificate',
  proxy: 'the proxy presents the certificate of another host',
  date: 'the certificate of its server has expired, or is not valid yet',
  'no TLS': 'its server does not speak TLS',
  'no agreement': 'its server and this worker cannot agree on a TLS connection',
};

/** With `open`, a name may lead anywhere; with `guarded`, only to public addresses. `local` never leaves this machine. */
type Reach = 'local' | 'open' | 'guarded';

/** `https:` references of allowed origins, and `http:` references of allowed origins on loopback. */
export class HttpSource implements DocumentSource {
  readonly #origins: ReadonlySet<string>;
  readonly #privateAddresses: boolean;
  readonly #network: NetworkOptions;
  readonly #egresses = new Map<Reach, Egress>();

  constructor(origins: readonly string[], privateAddresses: boolean, network: NetworkOptions = {}) {
    this.#origins = new Set(origins.map(checkOrigin));
    this.#privateAddresses = privateAddresses;
    this.#network = network;
    if (network.dispatcher && origins.length > 0 && isBoundToOrigin(network.dispatcher))
      throw invalidInput(
        'Option dispatcher must reach all of documents.origins, as an Agent does; got one that is bound to a single origin, such as a Pool.',
      );
  }

  /**
   * Keeps the answer open from its first bytes on, because a link may work only once. If the server ends the transfer while the document waits for
   * its turn, the document is requested again. It continues where it broke off if it is known to be the same.
   */
  async open(ref: string, { signal }: { signal: AbortSignal }): Promise<OpenDocument> {
    const answer = await this.#ask(ref, signal);
    const { headers } = answer;
    const bodies: Body[] = [];
    const take = ({ body }: RawAnswer) => {
      bodies.push(body);
      return paced(body, () => discard(body));
    };
    const again = async (from: number) => {
      const next = await this.#ask(ref, signal);
      const body = take(next);
      if (canContinue(headers, next.headers, from)) return withoutFirst(from, body);
      discard(next.body);
      throw new CannotReconnect(new Error('The transfer broke off, and the document may have changed since'));
    };
    const pause = (failures: number) => setTimeout(PAUSE_MS * failures, undefined, { signal });
    const codings = readBodyCodings(headers);
    const stream = decoded(reconnecting(take(answer), again, pause), codings);
    const [type] = [headers['content-type']].flat();
    const document = {
      ...(type !== undefined && { contentType: type }),
      close: () => {
        bodies.forEach(discard);
        return Promise.resolve();
      },
    };
    const length = codings.length > 0 ? undefined : readLength(headers);
    if (length !== undefined) return { ...document, bytes: length, stream: () => stream };
    try {
      const opened = await openStream(stream);
      return { ...document, bytes: opened.first ? undefined : 0, stream: () => opened.all() };
    } catch (error) {
      bodies.forEach(discard);
      if (!isBrokenCoding(error)) throw error;
      throw new UnstructuredDocumentRefusedError(ref, 'notReadable', `its ${codings.join(', ')} data is broken`);
    }
  }

  /** Requests a document, and follows redirects within the allowed origins. @throws UnstructuredDocumentRefusedError; Error if a retry may help */
  async #ask(ref: string, signal: AbortSignal): Promise<RawAnswer> {
    const refuse: Refuse = (reason, why, answer) => new UnstructuredDocumentRefusedError(ref, reason, why, answer);
    let url = parseUrl(ref);
    if (!url || url.username || url.password)
      throw refuse('malformed', 'it is not a URL, or it contains a user or a password');
    for (let redirects = 0; ; redirects++) {
      const origin = `${url.protocol}//${url.host}`;
      if (!this.#origins.has(origin)) throw refuse('originNotAllowed', `${origin} is not in documents.origins`);
      const egress = this.#egressTo(url);
      const answer = await this.#get(egress, url, signal).catch((error: unknown) => {
        throw toSourceError(error, refuse);
      });
      const location = [answer.headers['location']].flat()[0];
      if (!isRedirect(answer.status) || location === undefined) {
        await requireDocument(answer, refuse);
        if (hasKnownLength(answer.headers) || !egress.mayEndUnmarked(url.origin)) return answer;
        discard(answer.body);
        throw refuse(
          'notReadable',
          'its server sends neither its length nor chunks, so a truncated document would go unnoticed',
        );
      }
      discard(answer.body);
      const target = parseUrl(location, url);
      if (!target || redirects === MAX_REDIRECTS) throw refuse('notReadable', 'its redirects lead nowhere');
      url = target;
    }
  }

  async close(): Promise<void> {
    const egresses = [...this.#egresses.values()];
    this.#egresses.clear();
    await Promise.all(egresses.map((egress) => egress.close()));
  }

  async #get(egress: Egress, url: URL, signal: AbortSignal): Promise<RawAnswer> {
    await this.#judgeName(url);
    const headers = { 'accept-encoding': 'identity', 'user-agent': USER_AGENT };
    const request = { origin: url.origin, path: url.pathname + url.search, headers, ...TIMEOUTS };
    return egress.get(request, signal);
  }

  /**
   * A dispatcher or proxy makes its own connections and looks names up itself. Such names are checked here beforehand, as far as that is possible.
   */
  async #judgeName(url: URL): Promise<void> {
    const { dispatcher, proxy } = this.#network;
    if (this.#reachOf(url) !== 'guarded' || (!dispatcher && proxy !== 'env')) return;
    refuseLoopbackName(url.hostname);
    if (dispatcher) await refusePrivateName(url.hostname);
  }

  /**
   * The addresses of a name are checked when connecting. An origin that is an address, or http on loopback, was allowed as such and needs no check.
   */
  #reachOf(url: URL): Reach {
    if (url.protocol === 'http:') return 'local';
    return this.#privateAddresses || isAddress(url) ? 'open' : 'guarded';
  }

  #egressTo(url: URL): Egress {
    const reach = this.#reachOf(url);
    const known = this.#egresses.get(reach);
    if (known) return known;
    const { dispatcher, proxy } = this.#network;
    const egress = new Egress({
      dispatcher,
      proxy: reach === 'local' ? 'none' : proxy,
      connect: { timeout: CONNECT_TIMEOUT, ...(reach === 'guarded' && { lookup: publicLookup }) },
    });
    this.#egresses.set(reach, egress);
    return egress;
  }
}

/** Turns a lasting error of a connection into a refusal, and a proxy's refusal into an error of a storage. Any other error is returned unchanged. */
function toSourceError(error: unknown, refuse: Refuse): unknown {
  const failed = tlsRefusal(error);
  if (failed) return refuse('notReadable', TLS_TEXTS[failed], { code: deepestCode(error) });
  if (isPrivateAddressError(error)) return refuse('addressNotAllowed', 'its name leads to a private address');
  const proxy = proxyRefusal(error);
  if (!proxy) return error;
  const { message, status, kind } = proxy;
  return kind === 'lasting' ? refuse('notReadable', message, { status }) : new UnstructuredStorageError(message, proxy);
}

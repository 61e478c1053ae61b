import { withoutSignature } from './signed-query';

/** A source's description of a reference. Fields that are left out have the defaults of the scheme. */
export interface DocumentDescription {
  /** File name of the document, not encoded. */
  name?: string | undefined;
  /** Identity of the document. It stays the same when the reference contains a part that changes, such as a signature. */
  identity?: string | undefined;
  /** Form of the reference for failures, logs and summaries. It must not grant access to the document. */
  shown?: string | undefined;
}

/** Everything before the host. With http, any number of slashes, as URL parsers accept them. */
const BEFORE_HOST = /^(https?:[/\\]*|[a-z][a-z0-9+.-]*:\/\/)/i;

const PARAMETER_NAME = /[?&#]([^=&#]*)=/g;

/** Endings of parameter names whose values are secrets. `sig` counts only as a word of its own, so that `design` does not match. */
const SECRET_NAME = /(signature|token|passw(or)?d|credential|secret([-_]?access)?([-_]?key)?|(^|[^a-z])sig)s?$/i;

/** Start of a parameter, whose value may be a secret. Without a parameter, a question mark or a number sign is an ordinary character. */
const PARAMETER = /[?#][^=/?#]*=/;

/** Maximum length of a reference in failures, logs and summaries. */
const MAX_SHOWN = 300;

/** Describes a reference by the rules of its scheme. Nothing is assumed about an unknown scheme. */
export function describeReference(ref: string): Required<DocumentDescription> {
  return { name: defaultName(ref), identity: defaultIdentity(ref), shown: shownRef(ref) };
}

/** The name of a document, derived from its reference alone. May be empty. */
export function defaultName(ref: string): string {
  if (isLink(ref)) return decoded(lastPart(URL.canParse(ref) ? new URL(ref).pathname : shownReference(ref)));
  const scheme = readScheme(ref);
  if (scheme === 'file') return decoded(lastPart(shownReference(ref)));
  return lastPart(scheme === 's3' ? shownReference(ref) : (withoutUser(ref).split(PARAMETER, 1)[0] ?? ''));
}

/**
 * The identity of a document, derived from its reference: the whole reference, unchanged. For a link, the URL without the parameters that are known
 * to sign a link.
 */
export function defaultIdentity(ref: string): string {
  if (!isLink(ref) || !URL.canParse(ref)) return ref;
  const { origin, pathname, search, hash } = new URL(ref);
  const query = withoutSignature(search.slice(1));
  return origin + pathname + (query && `?${query}`) + hash;
}

/** Splits an identity into the place of the document, and the query string and fragment of a link. */
export function splitIdentity(identity: string): [place: string, rest: string] {
  const at = isLink(identity) ? identity.search(/[?#]/) : -1;
  return at < 0 ? [identity, ''] : [identity.slice(0, at), identity.slice(at)];
}

function isLink(ref: string): boolean {
  return ['http', 'https'].includes(readScheme(ref) ?? '');
}

/** A reference as failures, logs and summaries may show it: without possible secrets, in one line, at most 300 characters. */
export function shownRef(ref: string): string {
  return inOneLine(shownReference(ref));
}

/** The shown form of a reference in one line, so that it cannot forge a line of a log. At most 300 characters. */
export function inOneLine(shown: string): string {
  return shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => encodeURI(char)).slice(0, MAX_SHOWN);
}

/** A reference without possible secrets: user, query string and fragment. In an S3 key, a question mark and a number sign are ordinary characters. */
export function shownReference(ref: string): string {
  if (readScheme(ref) === 's3' && !hasSecretParameter(ref)) return ref.replace(/^(s3:\/\/)[^/]*@/i, '$1');
  return withoutUser(ref).split(/[?#]/, 1)[0] ?? '';
}

/** Whether an S3 reference contains a secret. Its key holds none, unless it is a presigned link in disguise. */
function hasSecretParameter(ref: string): boolean {
  return [...ref.matchAll(PARAMETER_NAME)].some(([, name = '']) => SECRET_NAME.test(name));
}

function withoutUser(ref: string): string {
  const { before, rest } = splitRef(ref.replace(/^\s+|[\t\r\n]/g, ''));
  return before + rest;
}

/**
 * Splits off the user. If a reference is not a valid URL, a character in a password may be the reason. Everything before the last @ may then be the
 * user.
 */
export function splitRef(ref: string): { before: string; user: string; rest: string } {
  const [before = ''] = BEFORE_HOST.exec(ref) ?? [];
  const behind = ref.slice(before.length);
  const user = URL.canParse(ref) ? /^([^/\\?#]*)@/ : /^(.*)@/s;
  const [whole = '', name = ''] = (before && user.exec(behind)) || [];
  return { before, user: name, rest: behind.slice(whole.length) };
}

/** The scheme in lower case, without the colon; undefined if there is none. */
export function readScheme(ref: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(ref)?.[1]?.toLowerCase();
}

function lastPart(path: string): string {
  const whole = path.replace(/\/+$/, '');
  return whole.slice(whole.lastIndexOf('/') + 1);
}

/** Decodes the percent-encoding of a name. Invalid codes stay unchanged. */
export function decoded(name: string): string {
  return name.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

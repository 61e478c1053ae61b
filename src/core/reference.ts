import { withoutSignature } from './signed-query';

/** A source's description of a reference. Each field that is left out has the default of the scheme. */
export interface DocumentDescription {
  /** File name of the document, not encoded. */
  name?: string | undefined;
  /** Identity of the document. It stays the same when the reference contains a part that changes, such as a signature. */
  identity?: string | undefined;
  /** Form of the reference for failures, logs and summaries. It must not grant access to the document. */
  shown?: string | undefined;
}

/** What stands before the host: any number of slashes where it is http, as URL parsers take them. */
const BEFORE_HOST = /^(https?:[/\\]*|[a-z][a-z0-9+.-]*:\/\/)/i;

/** A parameter's name. */
const PARAMETER_NAME = /[?&#]([^=&#]*)=/g;

/** Ends of the names of parameters whose values are secrets; `sig` is a word of its own, as in no `design`. */
const SECRET_NAME = /(signature|token|passw(or)?d|credential|secret([-_]?access)?([-_]?key)?|(^|[^a-z])sig)s?$/i;

/** Begin of a parameter's value, which may be a secret. A question mark or a number sign alone is a letter like others. */
const PARAMETER = /[?#][^=/?#]*=/;

/** Longest text of a reference in failures, logs and summaries. */
const MAX_SHOWN = 300;

/** A reference as its scheme's rules have it; of a scheme that is not known here nothing is taken for granted. */
export function describeReference(ref: string): Required<DocumentDescription> {
  return { name: defaultName(ref), identity: defaultIdentity(ref), shown: shownRef(ref) };
}

/** What a document is called, by its reference alone. May be empty. */
export function defaultName(ref: string): string {
  if (isLink(ref)) return decoded(lastPart(URL.canParse(ref) ? new URL(ref).pathname : shownReference(ref)));
  const scheme = readScheme(ref);
  if (scheme === 'file') return decoded(lastPart(shownReference(ref)));
  return lastPart(scheme === 's3' ? shownReference(ref) : (withoutUser(ref).split(PARAMETER, 1)[0] ?? ''));
}

/**
 * What tells the document of a reference from every other: the whole reference, as it is. Of an `https:` one what is asked for, without the
 * parameters that are known to sign a link.
 */
export function defaultIdentity(ref: string): string {
  if (!isLink(ref) || !URL.canParse(ref)) return ref;
  const { origin, pathname, search, hash } = new URL(ref);
  const query = withoutSignature(search.slice(1));
  return origin + pathname + (query && `?${query}`) + hash;
}

/** An identity in two: where the document is, and the query string and fragment of a link. */
export function splitIdentity(identity: string): [place: string, rest: string] {
  const at = isLink(identity) ? identity.search(/[?#]/) : -1;
  return at < 0 ? [identity, ''] : [identity.slice(0, at), identity.slice(at)];
}

function isLink(ref: string): boolean {
  return ['http', 'https'].includes(readScheme(ref) ?? '');
}

/** A reference as failures, logs and summaries may show it: what could be a secret is left out. In one line, at most 300 characters. */
export function shownRef(ref: string): string {
  return inOneLine(shownReference(ref));
}

/** What may be shown of a reference, so that it forges no line of a log, and at most 300 characters of it. */
export function inOneLine(shown: string): string {
  return shown.replace(/[\u0000-\u001f\u007f]/g, (sign) => JSON.stringify(sign).slice(1, -1)).slice(0, MAX_SHOWN);
}

/**
 * A reference without what could be a secret: user, query string and fragment. In a key of S3 a question mark and a number sign are letters
 * like others.
 */
export function shownReference(ref: string): string {
  if (readScheme(ref) === 's3' && !hasSecretParameter(ref)) return ref.replace(/^(s3:\/\/)[^/]*@/i, '$1');
  return withoutUser(ref).split(/[?#]/, 1)[0] ?? '';
}

/** A key of S3 holds no secret, unless it is a presigned link in disguise. */
function hasSecretParameter(ref: string): boolean {
  return [...ref.matchAll(PARAMETER_NAME)].some(([, name = '']) => SECRET_NAME.test(name));
}

function withoutUser(ref: string): string {
  const { before, rest } = splitRef(ref.replace(/^\s+|[\t\r\n]/g, ''));
  return before + rest;
}

/** Where a reference is no URL, a sign in a password may be why: then all before the last @ may be one. */
export function splitRef(ref: string): { before: string; user: string; rest: string } {
  const [before = ''] = BEFORE_HOST.exec(ref) ?? [];
  const behind = ref.slice(before.length);
  const user = URL.canParse(ref) ? /^([^/\\?#]*)@/ : /^(.*)@/s;
  const [whole = '', name = ''] = (before && user.exec(behind)) || [];
  return { before, user: name, rest: behind.slice(whole.length) };
}

/** The scheme in lower case, without its colon; undefined where there is none. */
export function readScheme(ref: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(ref)?.[1]?.toLowerCase();
}

function lastPart(path: string): string {
  const whole = path.replace(/\/+$/, '');
  return whole.slice(whole.lastIndexOf('/') + 1);
}

/** A name without its percent signs' codes; those that are wrong stay as they are. */
export function decoded(name: string): string {
  return name.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

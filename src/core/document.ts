/** A document to process, by reference: its bytes never pass through a workflow. */
export interface DocumentInput {
  /**
   * Where the document is: a `file:` URL, an `https:` URL, or one of a scheme for which the worker has a source. The worker's configuration
   * decides what may be read. The query string, which may hold a presigned secret, reaches no failure, log or summary.
   */
  ref: string;
  /** Name under which it is uploaded. @default the last part of the reference's path */
  name?: string | undefined;
  /** Media type. @default by the name's extension, else `application/octet-stream` */
  contentType?: string | undefined;
}

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}([ \\t]*;[ \\t]*${TOKEN}=(${TOKEN}|"[ !#-\\[\\]-~]*"))*$`);

/** Whether `value` may be sent as a media type: it becomes part of a header. */
export function isMediaType(value: unknown): value is string {
  return typeof value === 'string' && MEDIA_TYPE.test(value);
}

/** Why a document reference was refused. Nothing was sent then. */
export const REFUSALS = [
  'malformed',
  'schemeNotAllowed',
  'folderNotAllowed',
  'originNotAllowed',
  'addressNotAllowed',
  'notFound',
  'notReadable',
  'notAFile',
  'empty',
  'tooLarge',
] as const;

export type Refusal = (typeof REFUSALS)[number];

export interface DocumentRefusedDetails {
  /** The reference without its query string and fragment. */
  ref: string;
  reason: Refusal;
}

/** What stands before the host: any number of slashes where it is http, as URL parsers take them. */
const BEFORE_HOST = /^(https?:[/\\]*|[a-z][a-z0-9+.-]*:\/\/)/i;
/** Shorter values are no secrets, and hiding them would make a text unreadable. */
const SHORTEST_SECRET = 4;

/** A reference as failures, logs and summaries may show it: without user, query string and fragment, at most 300 characters. */
export function shownRef(ref: string): string {
  return placeOf(ref).slice(0, 300);
}

/** A reference without user, query string and fragment. */
export function placeOf(ref: string): string {
  const { before, rest } = splitRef(ref.replace(/^\s+|[\t\r\n]/g, ''));
  return `${before}${rest}`.split(/[?#]/, 1)[0] ?? '';
}

/** A text about a reference, such as a library's error, without the secrets that the reference may hold: at most 300 characters. */
export function withoutSecrets(text: string, ref: string): string {
  const forms = URL.canParse(ref) ? [ref, new URL(ref).href] : [ref];
  const secrets = [...new Set(forms.flatMap(secretsOf))].sort((a, b) => b.length - a.length);
  if (secrets.length === 0) return text.slice(0, 300);
  const anySecret = new RegExp(
    secrets.map((secret) => secret.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'),
    'gi',
  );
  return text.replace(anySecret, '[hidden]').slice(0, 300);
}

/** User and query string as they are written, and each value in them as it may be written elsewhere. */
function secretsOf(ref: string): string[] {
  const { user, rest } = splitRef(ref);
  const tail = /[?#](.+)$/s.exec(rest)?.[1] ?? '';
  const parts = tail.split('#');
  const values = [...user.split(':'), ...parts.flatMap((part) => part.split('&')).map(valueOf)];
  return [
    ...[user, tail, ...parts].filter((whole) => whole.length >= SHORTEST_SECRET - 1),
    ...values.flatMap(writtenForms).filter((value) => value.length >= SHORTEST_SECRET),
  ];
}

/** Where a reference is no URL, a sign in a password may be why: then all before the last @ may be one. */
function splitRef(ref: string): { before: string; user: string; rest: string } {
  const [before = ''] = BEFORE_HOST.exec(ref) ?? [];
  const behind = ref.slice(before.length);
  const user = URL.canParse(ref) ? /^([^/\\?#]*)@/ : /^(.*)@/s;
  const [whole = '', name = ''] = (before && user.exec(behind)) || [];
  return { before, user: name, rest: behind.slice(whole.length) };
}

function valueOf(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1);
}

function writtenForms(value: string): string[] {
  const decoded = [value, value.replaceAll('+', ' ')].map((text) => attempt(decodeURIComponent, text));
  return [value, ...decoded, ...decoded.map((text) => attempt(encodeURIComponent, text))];
}

/** The text as it is, where it can't be coded. */
function attempt(code: (text: string) => string, text: string): string {
  try {
    return code(text);
  } catch {
    return text;
  }
}

import { replaceEscaped } from './escaped';
import { shownReference, splitRef } from './reference';
import { escapeRegExp, oneLine } from './values';

/** Shorter values are not treated as secrets: hiding them would make a text unreadable. */
const SHORTEST_SECRET = 4;

/** A short word or number, as in `?kind=document`. It is a secret only if the name of its parameter says so. */
const ORDINARY = /^(\p{L}{1,11}|\d{1,6})$/u;

/** Parts, and ends, of names of parameters whose value may be a secret. A wrong match only hides a word, so there are many. */
const MAY_BE_SECRET =
  /token|secret|signature|cred|pass|pwd|session|bearer|(key|auth)(?!(word|or)s?$)|(sig|code|pin|otp|jwt|hash|sid)s?[^a-z]*$/i;

/** Maximum length of a text from elsewhere in a failure. */
const MAX_TEXT = 300;

/**
 * A text about a reference, such as a library's error, without the secrets that the reference may contain. At most 300 characters.
 * @param shown What may be shown of the reference. @default what the rules of its scheme say
 */
export function withoutSecrets(text: string, ref: string, shown?: string): string {
  const secrets = secretPattern(ref, shown);
  const hidden = (part: string) => (secrets ? replaceEscaped(part, secrets, '[hidden]') : part);
  return hidden(oneLine(hidden(text))).slice(0, MAX_TEXT);
}

/** Whether a text shows a secret of the reference. */
export function showsSecret(text: string, ref: string): boolean {
  const secrets = secretPattern(ref);
  return secrets !== null && replaceEscaped(text, secrets, '') !== text;
}

/** null if the reference contains no secret. */
function secretPattern(ref: string, shown: string = shownReference(ref)): RegExp | null {
  const forms = URL.canParse(ref) ? [ref, new URL(ref).href] : [ref];
  const isSecret = (part: string) => !shown.includes(part);
  const secrets = [...new Set(forms.flatMap(secretsIn).filter(isSecret))].sort((a, b) => b.length - a.length);
  return secrets.length === 0 ? null : new RegExp(secrets.map(escapeRegExp).join('|'), 'gi');
}

/** User and query string as they are written, and each secret value in them in every form in which it may be written elsewhere. */
function secretsIn(ref: string): string[] {
  const { user, rest } = splitRef(ref);
  const tail = /[?#](.+)$/s.exec(rest)?.[1] ?? '';
  const parts = tail.split('#').filter((part) => !ORDINARY.test(part));
  const values = [...user.split(':'), ...parts.flatMap((part) => part.split('&')).flatMap(secretValueIn)];
  return [
    ...[user, ...(ORDINARY.test(tail) ? [] : [tail]), ...parts].filter((whole) => whole.length >= SHORTEST_SECRET - 1),
    ...values.flatMap(writtenForms).filter((value) => value.length >= SHORTEST_SECRET),
  ];
}

function secretValueIn(pair: string): string[] {
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, Math.max(at, 0)), pair.slice(at + 1)];
  return ORDINARY.test(value) && !MAY_BE_SECRET.test(attempt(decodeURIComponent, name)) ? [] : [value];
}

function writtenForms(value: string): string[] {
  const decoded = [value, value.replaceAll('+', ' ')].map((text) => attempt(decodeURIComponent, text));
  return [value, ...decoded, ...decoded.map((text) => attempt(encodeURIComponent, text))];
}

/** Returns the text unchanged if it cannot be encoded or decoded. */
function attempt(code: (text: string) => string, text: string): string {
  try {
    return code(text);
  } catch {
    return text;
  }
}

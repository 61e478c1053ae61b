/** A character, as it is or escaped once or more for URLs, JSON or HTML. The repetitions are bounded, so that no text takes long. */
const CHARACTER = new RegExp(
  [
    String.raw`%(?:25){0,3}(?<percent>[0-9a-f]{2})`,
    String.raw`\\{1,4}u00(?<unicode>[0-9a-f]{2})`,
    String.raw`\\{1,4}(?<escaped>["/])`,
    String.raw`\\\\`,
    String.raw`&(?:amp;){0,3}(?:#0{0,5}(?<decimal>\d{2,3})|#x0{0,5}(?<hex>[0-9a-f]{2})|(?<entity>amp|lt|gt|quot|apos));`,
    '[^]',
  ].join('|'),
  'gi',
);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Replaces all matches of a pattern in a text, also those of which some characters are escaped. Each encoder escapes other characters, so the text is
 * compared as it is, and in its unescaped form.
 * @param pattern With the flag `g`
 */
export function replaceEscaped(text: string, pattern: RegExp, replacement: string): string {
  const plain = text.replace(pattern, replacement);
  return /[%\\&]/.test(plain) ? replaceUnescaped(plain, pattern, replacement) : plain;
}

function replaceUnescaped(text: string, pattern: RegExp, replacement: string): string {
  const starts: number[] = [];
  let unescaped = '';
  for (const { index, groups = {}, 0: written } of text.matchAll(CHARACTER)) {
    starts.push(index);
    unescaped += unescapedOf(groups) ?? written.charAt(0);
  }
  let [rest, at] = ['', 0];
  for (const { index, 0: found } of unescaped.matchAll(pattern)) {
    rest += text.slice(at, starts[index]) + replacement;
    at = starts[index + found.length] ?? text.length;
  }
  return rest + text.slice(at);
}

function unescapedOf({ percent, unicode, hex, decimal, escaped, entity }: Record<string, string>): string | undefined {
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()];
  if (decimal !== undefined) return String.fromCharCode(Number(decimal));
  const code = percent ?? unicode ?? hex;
  return code === undefined ? escaped : String.fromCharCode(parseInt(code, 16));
}

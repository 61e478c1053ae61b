import { decoded } from '../reference';
import { splitName } from '../start/upload-names';

/**
 * How exactly a file id must contain a name. `literal`: character by character. `dotless`: without the dots of the stem, which the API drops.
 * `loose`: by letters and digits only, and a long name may be cut, because it is not known what the API makes of spaces, accents, leading and
 * trailing dots or long names. `faint`: the same, but also for names without letters and digits. Each level accepts what the previous one accepts.
 */
export type Strictness = 'literal' | 'dotless' | 'loose' | 'faint';

/** If a stem has fewer letters and digits than this, two names may begin the same by chance. */
const SHORTEST_CUT = 40;

/** Whether the API can have made a file id from a name. A file id consists of the stem, a hyphen, eight hex digits and the extension. */
export function isMadeFrom(fileId: string, name: string, strictness: Strictness): boolean {
  const [nameStem, nameExtension] = splitName(name);
  return splitFileId(fileId).some(([stem, extension]) => {
    if (extension === nameExtension && stem === nameStem) return true;
    if (strictness === 'literal') return false;
    if (extension === nameExtension && withoutDots(stem) === withoutDots(nameStem)) return true;
    if (strictness === 'dotless' || (strictness === 'loose' && bare(stem + nameStem) === '')) return false;
    return isLooselyMadeFrom(stem, extension, name);
  });
}

/** The only file id that the API can have made from a name; undefined if there is none or more than one. */
export function fileIdMadeFrom(name: string, fileIds: readonly string[]): string | undefined {
  for (const strictness of ['literal', 'dotless'] as const) {
    const [fileId, ...more] = new Set(fileIds.filter((id) => isMadeFrom(id, name, strictness)));
    if (fileId !== undefined) return more.length === 0 ? fileId : undefined;
  }
  return undefined;
}

/** The text before and after eight hex digits that the API may have added; empty if the id does not have that form. */
function splitFileId(fileId: string): [stem: string, extension: string][] {
  return [...fileId.matchAll(/-[0-9a-f]{8}(?=\.|$)/g)].map(({ 0: digits, index }) => [
    fileId.slice(0, index),
    fileId.slice(index + digits.length),
  ]);
}

function isLooselyMadeFrom(stem: string, extension: string, name: string): boolean {
  const [nameStem, nameExtension] = splitName(name);
  return [stem, decoded(stem)].some((text) => {
    if (bare(text + extension) === bare(name)) return true;
    const cut = bare(text);
    return cut.length >= SHORTEST_CUT && bare(nameStem).startsWith(cut) && bare(extension) === bare(nameExtension);
  });
}

function withoutDots(stem: string): string {
  return stem.replaceAll('.', '');
}

/** Only the letters and digits, without accents, in lower case. */
function bare(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

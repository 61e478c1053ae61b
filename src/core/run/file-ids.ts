import { decoded } from '../reference';
import { splitName } from '../start/upload-names';

/**
 * How closely a file id has to hold a name. `literal`: letter by letter. `dotless`: but for the dots of the stem, which the API drops.
 * `loose`: what the API makes of spaces, accents, leading and trailing dots or long names is not known, so only letters and digits count,
 * and a long name may be cut. `faint`: also where neither has any. Each lets pass what the one before does.
 */
export type Strictness = 'literal' | 'dotless' | 'loose' | 'faint';

/** Fewer letters and digits than these, and two names may begin the same by chance. */
const SHORTEST_CUT = 40;

/** Whether the API can have made a file id of a name: its stem, a hyphen, eight hex digits and its extension. */
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

/** The one file id that the API can have made of a name; undefined where there is none, or more than one. */
export function fileIdMadeFrom(name: string, fileIds: readonly string[]): string | undefined {
  for (const strictness of ['literal', 'dotless'] as const) {
    const [fileId, ...more] = new Set(fileIds.filter((id) => isMadeFrom(id, name, strictness)));
    if (fileId !== undefined) return more.length === 0 ? fileId : undefined;
  }
  return undefined;
}

/** What stands around eight hex digits that may be the API's: none where the id has not its form. */
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

/** Letters and digits alone, without accents, in lower case. */
function bare(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

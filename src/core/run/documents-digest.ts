import { placeOf, type DocumentInput } from '../document';

/**
 * Tells a list of documents from others and from other orders, without holding what may be secret in it. A query string counts only where
 * nothing else tells two documents apart: a presigned one is another each time.
 */
export function documentsDigest(documents: readonly DocumentInput[]): string {
  const plain = documents.map(({ ref, name }) => JSON.stringify([placeOf(ref), name ?? null]));
  const isAlone = (text?: string) => text !== undefined && plain.indexOf(text) === plain.lastIndexOf(text);
  const told = documents.map(({ ref }, index) => (isAlone(plain[index]) ? [plain[index]] : [plain[index], ref]));
  return digestOf(JSON.stringify(told));
}

/** 64 bits, for accidents alone: two sums of the kind FNV-1a. */
function digestOf(text: string): string {
  let [one, two] = [0x811c9dc5, 0x9e3779b9];
  for (const byte of new TextEncoder().encode(text)) {
    one = Math.imul(one ^ byte, 0x01000193);
    two = Math.imul(two ^ byte ^ (one >>> 16), 0x85ebca6b);
  }
  return [one, two].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
}

import { digestOf } from '../digest';
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

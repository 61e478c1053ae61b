import { hashText } from '../digest';
import type { DocumentInput } from '../document';
import { defaultIdentity, splitIdentity } from '../reference';
import { given } from '../values';

/** For longer lists, only the digest of the whole is stored, because it is part of memos and failures. */
const MAX_TOLD = 50;

/** The parts of a document that have a digest each, in this order: the location, the rest of the reference, the name and type. */
const PARTS = [
  'is a different document',
  'has a different query string or fragment',
  'has a different name, path or media type',
] as const;

/** Length of the digest of a list, and of the digest of one part of a document. */
const [WHOLE, PART] = [16, 8];

/**
 * Distinguishes a list of documents from other lists and other orders, without its possible secrets: a digest of the whole, and of the parts of each
 * document, so that a message can say what differs.
 */
export function documentsDigest(documents: readonly DocumentInput[]): string {
  const parts = documents.map(digestParts);
  const whole = hashText(JSON.stringify(parts));
  if (parts.length === 0 || parts.length > MAX_TOLD) return whole;
  return `${whole}:${parts
    .flat()
    .map((part) => hashText(part).slice(0, PART))
    .join('')}`;
}

/** What is `null` counts as not given, as everywhere: the identity, too, or all documents would be the same. */
function digestParts(document: DocumentInput): string[] {
  const { ref, name = null, path, identity = defaultIdentity(ref), contentType } = given(document);
  const called = path === undefined ? name : [name, path];
  return [...splitIdentity(identity), JSON.stringify(contentType === undefined ? called : { called, contentType })];
}

/** Describes the first difference between two lists, from their digests. The text completes "Option documents differs: …". */
export function describeDifference(earlier: string, later: string): string {
  const [before, after] = [parseEntries(earlier), parseEntries(later)];
  if (!before || !after) return 'it is a different list';
  if (before.length !== after.length) return `it has ${after.length} entries, and had ${before.length}`;
  if (before.map(String).sort().join() === after.map(String).sort().join()) return 'its order differs';
  const index = after.findIndex((entry, at) => String(entry) !== String(before[at]));
  const part = after[index]?.findIndex((digest, at) => digest !== before[index]?.[at]) ?? -1;
  return `documents[${index}] ${PARTS[part] ?? PARTS[0]}`;
}

/** The digests of the parts of each document; undefined if they were not stored. */
function parseEntries(digest: string): string[][] | undefined {
  const told = digest.slice(WHOLE + 1);
  const entries = told.match(new RegExp(`.{${PART * PARTS.length}}`, 'g'));
  return entries?.map((entry) => entry.match(new RegExp(`.{${PART}}`, 'g')) ?? []);
}

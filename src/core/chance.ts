/**
 * Maps a text to a number from 0 to below 1. The number is the same on every machine and in every replay. The numbers of many texts are evenly
 * spread, even if the texts differ only in their last digit. Not a secret and not a stream: the same text always gives the same number.
 */
export function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193); // FNV-1a
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b); // the last steps of MurmurHash3 spread differences at the end of the text
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

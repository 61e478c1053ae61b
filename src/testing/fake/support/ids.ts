import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** A valid version 4 uuid that is always the same for the same names. */
export function uuidFrom(...names: (string | number)[]): string {
  const hex = hexFrom(...names);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** A file id as the API builds it: the name's stem without its dots, eight hex digits, and the extension. All other characters stay. */
export function makeFileId(jobId: string, index: number, name: string): string {
  const extension = posix.extname(name);
  const stem = name.slice(0, name.length - extension.length).replaceAll('.', '');
  return `${stem}-${hexFrom(jobId, index, name).slice(0, 8)}${extension}`;
}

/** The list in a different order, which is always the same for the same names and length. A list of one item has no other order. */
export function shuffled<T>(list: readonly T[], ...names: (string | number)[]): T[] {
  const ranks = list.map((_, index) => ({ index, rank: hexFrom(...names, index) }));
  const order = ranks.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ index }) => index);
  if (order.every((index, place) => index === place)) order.reverse();
  return order.map((index) => list[index] as T);
}

function hexFrom(...names: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('hex');
}

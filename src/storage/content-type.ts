import { lookup } from 'mime-types';

/** Media type by a file name's extension; undefined for one that is not known. */
export function contentTypeOf(name: string): string | undefined {
  return lookup(name) || undefined;
}

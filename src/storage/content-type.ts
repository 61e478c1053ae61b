import { lookup } from 'mime-types';

/** Media type by a file name's extension. */
export function contentTypeOf(name: string): string {
  return lookup(name) || 'application/octet-stream';
}

import { readScheme, splitIdentity } from '../core/reference';
import type { OutputTarget } from './sink';

/** Schemes whose references are percent-encoded. References of other schemes are not decoded. */
const ENCODED = ['file', 'http', 'https'];

/** The target of an output with a path below the caller's target. The folders of the path become part of the target. */
export function placeBelow(to: string, path: string): Pick<OutputTarget, 'to' | 'name'> {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  if (parts.length === 0) return { to, name };
  const isEncoded = ENCODED.includes(readScheme(to) ?? '');
  const folders = (isEncoded ? parts.map(encodeURIComponent) : parts).join('/');
  const [base, query] = splitIdentity(to);
  return { to: `${base}${base.endsWith('/') ? '' : '/'}${folders}${query}`, name };
}

import { describeReference, type DocumentDescription, inOneLine } from '../core/reference';
import type { DocumentSource } from './source';

/**
 * Returns a source's description of a reference, completed by the defaults of its scheme. Use it for `name` and `identity` of a document,
 * so that a repeated run recognises it.
 *
 * @param source The worker's source for the scheme. @default the defaults of the scheme alone
 * @throws what the source's `describe` throws
 * @example
 * const documents = refs.map((ref) => {
 *   const { name, identity } = describeDocument(ref, source);
 *   return { ref, name, identity };
 * });
 */
export function describeDocument(
  ref: string,
  source?: Pick<DocumentSource, 'describe'>,
): Required<DocumentDescription> {
  const { name, identity, shown } = source?.describe?.(ref) ?? {};
  const byScheme = describeReference(ref);
  return {
    name: textOr(name, byScheme.name),
    identity: textOr(identity, byScheme.identity),
    shown: inOneLine(textOr(shown, byScheme.shown)),
  };
}

function textOr(told: unknown, otherwise: string): string {
  return typeof told === 'string' && told !== '' ? told : otherwise;
}

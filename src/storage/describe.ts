import { describeReference, type DocumentDescription, inOneLine } from '../core/reference';
import type { DocumentSource } from './source';

/**
 * What a source says of a reference, with what its scheme's rules say where it says nothing: for `name` and `identity` of a document, so that
 * a repeated run knows it.
 *
 * @param source The source that the worker has for the scheme. @default none that says anything
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

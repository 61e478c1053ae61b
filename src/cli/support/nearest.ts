import { distance } from 'fastest-levenshtein';

/** The known word that was probably meant: it begins with the given word, or differs in a few letters. The first letter is rarely wrong. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const given = word.toLowerCase();
  const begun = known.filter((name) => name.startsWith(given));
  if (given.length > 1 && begun.length === 1) return begun[0];
  const [best] = known
    .map((name) => ({ name, differs: distance(given, name) }))
    .filter(({ name, differs }) => differs <= (given[0] === name[0] ? Math.max(2, Math.floor(name.length / 3)) : 1))
    .sort((a, b) => a.differs - b.differs);
  return best?.name;
}

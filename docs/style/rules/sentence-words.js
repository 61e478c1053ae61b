import { SentenceSplitterSyntax, splitAST } from 'sentence-splitter';

const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’./_-]*/gu;

/** Words of a node of text. What stands in code marks is one word, whatever it holds. */
function countWords(node) {
  if (node.type === 'Code' || node.type === 'Image') return 1;
  if (node.children) return node.children.reduce((sum, child) => sum + countWords(child), 0);
  return node.value === undefined ? 0 : (node.value.match(WORD)?.length ?? 0);
}

/** Refuses sentences of more than `max` words in paragraphs, entries of lists, headings and cells of tables. */
export default function sentenceWords({ Syntax, RuleError, report, locator }, { max = 30 } = {}) {
  function check(node) {
    const { children } = splitAST(node);
    for (const sentence of children.filter(({ type }) => type === SentenceSplitterSyntax.Sentence)) {
      const words = sentence.children.reduce((sum, child) => sum + countWords(child), 0);
      if (words <= max) continue;
      const padding = locator.range([sentence.range[0] - node.range[0], sentence.range[1] - node.range[0]]);
      report(node, new RuleError(`A sentence of ${words} words; at most ${max}.`, { padding }));
    }
  }
  return { [Syntax.Paragraph]: check, [Syntax.Header]: check, [Syntax.TableCell]: check };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');

/** Functions that take the text of an error, beside all whose names end in `Error`; and files that put messages together. */
const MAKERS = [
  'invalidInput',
  'refuse',
  'noList',
  'notJson',
  'notDecoded',
  'otherFailure',
  '#broken',
  '#arm',
  'connect',
  'warn',
  'super',
];

/** Where texts tell no error unless they go to a maker: help, views of what goes well, and the fake API. */
const NO_ERRORS = /^src\/(testing\/fake|cli\/(view|demo|help|run\/(advice|joined)))|(current-details|held-up)\.ts$/;

/** Names of functions, variables and properties that hold what is expected, looked for, or shown in the Web UI. */
const NO_MESSAGE = /expected|summary|description|query|title/i;

/** A stem is told from a name or a separator by its words; where it surely is a message, two are enough. */
const FEWEST_WORDS = 3;

/** Two words beside each other; a pattern or a path has none. */
const SENTENCE = /[\p{L}…'’),:] [\p{L}…('"-]/u;

/**
 * What the sources say in errors, failures and warnings: the stem of each message, with `…` for what it is filled with. A stem is a string
 * or a template that goes to what makes errors, or that a function returns, a variable, a field or a table holds, or another template takes in: as
 * itself, as a part of a sum, or as one side of a choice.
 */
export function messageStems(folders: readonly string[]): Map<string, string> {
  const stems = new Map<string, string>();
  for (const folder of folders)
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (!path.endsWith('.ts')) continue;
      const file = ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.Latest, true);
      for (const stem of stemsOf(file)) if (!stems.has(stem)) stems.set(stem, path);
    }
  return stems;
}

function stemsOf(file: ts.SourceFile): string[] {
  const stems: string[] = [];
  const take = (node: ts.Expression | undefined, fewest = FEWEST_WORDS) =>
    stems.push(
      ...textsOf(node)
        .map((text) => text.replaceAll(/\s+/g, ' ').trim())
        .filter((text) => SENTENCE.test(text) && wordsOf(text) >= fewest),
    );
  const visit = (node: ts.Node, isSilent: boolean): void => {
    const tellsNone = isSilent || isNamed(node, NO_MESSAGE);
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && isMaker(node.expression))
      for (const argument of node.arguments ?? []) take(argument);
    else if (ts.isPropertyAssignment(node) && ['message', 'what'].includes(node.name.getText(file)))
      take(node.initializer, 2);
    else if (tellsNone) {
      // Only what goes to a maker is a message here.
    } else if (ts.isReturnStatement(node) || ts.isTemplateSpan(node)) take(node.expression);
    else if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) take(node.initializer);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) take(node.right);
    else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) take(node.body);
    ts.forEachChild(node, (child) => visit(child, tellsNone));
  };
  visit(file, NO_ERRORS.test(file.fileName));
  return stems;
}

function isMaker(callee: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
  return name.endsWith('Error') || MAKERS.includes(name);
}

function isNamed(node: ts.Node, pattern: RegExp): boolean {
  const isHolder = ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node);
  return isHolder && pattern.test(node.name?.getText() ?? '');
}

const COMPARISONS = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken]);

/** The texts that an expression may be; what is put into them is an ellipsis. */
function textsOf(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(textsOf);
  if (ts.isObjectLiteralExpression(node))
    return node.properties.flatMap((entry) =>
      ts.isPropertyAssignment(entry) && !isNamed(entry, NO_MESSAGE) ? textsOf(entry.initializer) : [],
    );
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return textsOf(node.expression);
  if (!ts.isBinaryExpression(node) || COMPARISONS.has(node.operatorToken.kind)) return [];
  const [left, right] = [textsOf(node.left), textsOf(node.right)];
  if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return [...left, ...right];
  return (left.length > 0 ? left : ['…']).flatMap((one) =>
    (right.length > 0 ? right : ['…']).map((other) => one + other),
  );
}

function wordsOf(stem: string): number {
  return stem.match(/\p{L}[\p{L}'’.:_-]*/gu)?.length ?? 0;
}

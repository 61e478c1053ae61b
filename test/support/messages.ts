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
const WHOLE_FILES = /(^|\/)(failure|part-failure|wrong-setup|namespace-attributes)\.ts$/;
/** Functions that return a message. */
const TELLERS = ['attributesError'];

/** Names of variables that hold a message, and of constants that hold a message or a table of them. */
const HOLDERS = /^(message|reason|why|advice|[A-Z_]*(TEXTS|TIMEOUTS|MESSAGES|BODY_USED))$/;

/** A stem is told from a name or a separator by its words; where it surely is a message, two are enough. */
const FEWEST_WORDS = 3;

/**
 * What the sources say in errors, failures and warnings: the stem of each message, with `…` for what it is filled with. A stem is a string
 * or a template that goes to what makes errors, as itself, as a part of a sum, or as one side of a choice.
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
  const take = (texts: string[], fewest = FEWEST_WORDS) =>
    stems.push(...texts.map((text) => text.replaceAll(/\s+/g, ' ').trim()).filter((text) => wordsOf(text) >= fewest));
  const isWhole = WHOLE_FILES.test(file.fileName);
  const visit = (node: ts.Node): void => {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && isMaker(node.expression))
      take((node.arguments ?? []).flatMap(textsOf));
    else if (ts.isPropertyAssignment(node) && ['message', 'what'].includes(node.name.getText(file)))
      take(textsOf(node.initializer), 2);
    else if (ts.isReturnStatement(node) && (isWhole || isTold(node))) take(textsOf(node.expression));
    else if (ts.isVariableDeclaration(node) && (isWhole || HOLDERS.test(node.name.getText(file))))
      take(tableOf(node.initializer).flatMap(textsOf));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return stems;
}

/** The entries of a table of messages; what is no table is one entry. */
function tableOf(node: ts.Expression | undefined): (ts.Expression | undefined)[] {
  if (!node || !ts.isObjectLiteralExpression(node)) return [node];
  return node.properties.map((entry) => (ts.isPropertyAssignment(entry) ? entry.initializer : undefined));
}

function isMaker(callee: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
  return name.endsWith('Error') || MAKERS.includes(name);
}

function isTold(statement: ts.ReturnStatement): boolean {
  const teller = ts.findAncestor(statement, ts.isFunctionDeclaration);
  return TELLERS.includes(teller?.name?.text ?? '');
}

/** The texts that an expression may be; what is put into them is an ellipsis. */
function textsOf(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (!ts.isBinaryExpression(node)) return [];
  const [left, right] = [textsOf(node.left), textsOf(node.right)];
  if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return [...left, ...right];
  return (left.length > 0 ? left : ['…']).flatMap((one) =>
    (right.length > 0 ? right : ['…']).map((other) => one + other),
  );
}

function wordsOf(stem: string): number {
  return stem.match(/\p{L}[\p{L}'’.:_-]*/gu)?.length ?? 0;
}

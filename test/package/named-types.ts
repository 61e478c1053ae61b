import { resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

export interface EntryTypes {
  /** All that the entry exports, values included. */
  exported: Set<string>;
  /** The types of the package's own that its declarations name, and those in turn, with the declaration that names each first. */
  used: Map<string, string>;
}

/**
 * The types that a user of each entry comes across.
 * @param opaque Types whose own declarations are not looked at
 */
export function entryTypes(entries: readonly string[], opaque: readonly string[]): EntryTypes[] {
  const { program, declarations } = declared(entries);
  const checker = program.getTypeChecker();
  return entries.map((entry) => {
    const file = program.getSourceFile(toDeclaration(resolve(ROOT, entry)))!;
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(file)!);
    const walk = new Walk(checker, declarations, opaque);
    for (const symbol of symbols) walk.declarationsOf(symbol);
    return { exported: new Set(symbols.map(({ name }) => name)), used: walk.used };
  });
}

/** The package's declarations, as the build writes them: with types where the sources leave them to the compiler. */
function declared(entries: readonly string[]): { program: ts.Program; declarations: Map<string, string> } {
  const config = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const sources = ts.createProgram(
    entries.map((entry) => resolve(ROOT, entry)),
    { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true },
  );
  const declarations = new Map<string, string>();
  sources.emit(undefined, (path, text) => declarations.set(resolve(path), text));
  const base = ts.createCompilerHost(options);
  // A source would be found before its declarations.
  const isSource = (path: string) => !path.endsWith('.d.ts') && declarations.has(toDeclaration(resolve(path)));
  const host: ts.CompilerHost = {
    ...base,
    fileExists: (path) => declarations.has(resolve(path)) || (!isSource(path) && base.fileExists(path)),
    getSourceFile: (path, ...more) => {
      const text = declarations.get(resolve(path));
      if (text !== undefined) return ts.createSourceFile(path, text, more[0]);
      return sources.getSourceFile(path) ?? base.getSourceFile(path, ...more);
    },
  };
  const files = entries.map((entry) => toDeclaration(resolve(ROOT, entry)));
  return { program: ts.createProgram(files, options, host), declarations };
}

function toDeclaration(path: string): string {
  return path.replace(/\.ts$/, '.d.ts');
}

class Walk {
  readonly used = new Map<string, string>();
  readonly #seen = new Set<ts.Declaration>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly declarations: ReadonlyMap<string, string>,
    private readonly opaque: readonly string[],
  ) {}

  declarationsOf(symbol: ts.Symbol): void {
    const target = this.#target(symbol);
    if (this.opaque.includes(target.name)) return;
    for (const declaration of target.getDeclarations() ?? []) {
      if (!this.#isOwn(declaration) || this.#seen.has(declaration)) continue;
      this.#seen.add(declaration);
      this.#names(declaration, target.name);
    }
  }

  #names(node: ts.Node, usedBy: string): void {
    if (ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return;
    if (ts.isIndexedAccessTypeNode(node)) return; // one field, whose type has no name either
    if (ts.isTypeReferenceNode(node)) this.#type(node.typeName, usedBy);
    if (ts.isExpressionWithTypeArguments(node)) this.#type(node.expression, usedBy);
    if (ts.isImportTypeNode(node) && node.qualifier) this.#type(node.qualifier, usedBy);
    ts.forEachChild(node, (child) => this.#names(child, usedBy));
  }

  #type(name: ts.Node, usedBy: string): void {
    const symbol = this.checker.getSymbolAtLocation(name);
    if (!symbol) return;
    const target = this.#target(symbol);
    const isOwn = (target.getDeclarations() ?? []).some((declaration) => this.#isOwn(declaration));
    if (!isOwn || target.flags & ts.SymbolFlags.TypeParameter) return;
    if (!this.used.has(target.name)) this.used.set(target.name, usedBy);
    this.declarationsOf(target);
  }

  #target(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  #isOwn(node: ts.Declaration): boolean {
    return this.declarations.has(resolve(node.getSourceFile().fileName));
  }
}

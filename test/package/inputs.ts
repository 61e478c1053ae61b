import { dirname, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

/** An optional property of an input that takes no `undefined` under `exactOptionalPropertyTypes`. */
export interface StrictOption {
  /** Entry and path to it, such as `startAwaitJob(2).taskQueue`. */
  path: string;
  /** `file:line` of its declaration. */
  at: string;
}

/**
 * Walks all that the entries export: what functions and constructors take, what functions that are handed in return, and so on. Of types that
 * are not the package's own nothing is said.
 * @returns The optional properties that take no `undefined`, and how many were looked at
 */
export function strictOptions(entries: readonly string[]): { strict: StrictOption[]; seen: number } {
  const config = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const files = entries.map((entry) => resolve(ROOT, entry));
  const program = ts.createProgram(files, { ...options, exactOptionalPropertyTypes: true });
  const walk = new Walk(program.getTypeChecker());
  for (const file of files) walk.entry(program.getSourceFile(file)!);
  return { strict: [...walk.strict.values()], seen: walk.looked.size };
}

class Walk {
  readonly strict = new Map<string, StrictOption>();
  readonly looked = new Set<string>();
  readonly #inputs = new Set<ts.Type>();
  readonly #outputs = new Set<ts.Type>();

  constructor(private readonly checker: ts.TypeChecker) {}

  entry(file: ts.SourceFile): void {
    for (const symbol of this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(file)!)) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
      if (target.flags & ts.SymbolFlags.Value) this.#output(this.checker.getTypeOfSymbol(target), symbol.name);
    }
  }

  /** What the package gives: what its functions take is an input. */
  #output(type: ts.Type, path: string): void {
    // What a signal carries, a user gives.
    if ((type.symbol as ts.Symbol | undefined)?.name === 'SignalDefinition')
      for (const argument of this.#arguments(type)) this.#input(argument, `${path}()`);
    this.#each(type, path, this.#outputs, (signature, at) => {
      this.#parameters(signature, at, (parameter, name) => this.#input(parameter, name));
      this.#output(signature.getReturnType(), `${at}()`);
    });
  }

  /** What a user gives: what functions of theirs return is an input, too. */
  #input(type: ts.Type, path: string): void {
    this.#each(type, path, this.#inputs, (signature, at) => {
      this.#parameters(signature, at, (parameter, name) => this.#output(parameter, name));
      this.#input(signature.getReturnType(), `${at}()`);
    });
  }

  #parameters(signature: ts.Signature, path: string, visit: (type: ts.Type, path: string) => void): void {
    for (const [index, parameter] of signature.getParameters().entries())
      visit(this.checker.getTypeOfSymbol(parameter), `${path}(${index})`);
  }

  #each(type: ts.Type, path: string, seen: Set<ts.Type>, call: (signature: ts.Signature, path: string) => void): void {
    if (seen.has(type) || path.length > 300) return;
    seen.add(type);
    if (type.isUnionOrIntersection()) for (const part of type.types) this.#each(part, path, seen, call);
    for (const argument of [...this.#arguments(type)]) this.#each(argument, `${path}<>`, seen, call);
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      const isOurs = signature.declaration && isOwn(signature.declaration);
      if (isOurs) call(signature, path);
    }
    for (const property of type.getProperties()) {
      const [declaration] = property.getDeclarations() ?? [];
      if (!declaration || !isOwn(declaration)) continue;
      const at = `${path}.${property.name}`;
      const of = this.checker.getTypeOfSymbol(property);
      if (seen === this.#inputs && property.flags & ts.SymbolFlags.Optional) this.#judge(of, at, declaration);
      this.#each(of, at, seen, call);
    }
  }

  #arguments(type: ts.Type): readonly ts.Type[] {
    const isReference = 'target' in type;
    return [
      ...(type.aliasTypeArguments ?? []),
      ...(isReference ? this.checker.getTypeArguments(type as ts.TypeReference) : []),
    ];
  }

  #judge(type: ts.Type, path: string, declaration: ts.Declaration): void {
    const file = declaration.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(declaration.getStart());
    const at = `${relative(ROOT, file.fileName)}:${line + 1}`;
    this.looked.add(at);
    const parts = type.isUnion() ? type.types : [type];
    const takesUndefined = parts.some(
      (part) =>
        part === this.checker.getUndefinedType() ||
        part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never),
    );
    if (!takesUndefined) this.strict.set(at, { path, at });
  }
}

function isOwn(node: ts.Node): boolean {
  const folder = dirname(node.getSourceFile().fileName);
  return folder.startsWith(ROOT) && !folder.includes(`${sep}node_modules${sep}`);
}

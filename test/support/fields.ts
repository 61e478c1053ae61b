/** What a table says of a field's type. */
type Word<V> = [V] extends [string]
  ? 'string'
  : [V] extends [number]
    ? 'number'
    : [V] extends [boolean]
      ? 'boolean'
      : [V] extends [readonly (infer Entry)[]]
        ? ListWord<Entry>
        : 'object';

type ListWord<Entry> = [Entry] extends [string] ? 'string[]' : [Entry] extends [object] ? 'object[]' : 'array';

type Written<V> = null extends V ? `${Word<NonNullable<V>>} or null` : Word<V>;

/**
 * Every field of `T` with its type, as a table writes them: one that may be absent has a `?` behind its name. The compiler sees to it that
 * none is missing, none too many, and none of another type.
 */
export type Fields<T> = {
  [Name in keyof T & string as undefined extends T[Name] ? `${Name}?` : Name]: Written<Exclude<T[Name], undefined>>;
};

type Rows = Record<string, string>;

/** The fields of an object inside, by their whole names, such as `wait.checks` or `outputs[].bytes`. */
export function inside(name: string, fields: Rows): Rows {
  return Object.fromEntries(Object.entries(fields).map(([field, type]) => [`${name}.${field}`, type]));
}

/** Without the objects that are always there and whose own fields are listed: they have no row. */
export function rowsOf(fields: Rows): Rows {
  const names = Object.keys(fields);
  const hasOwn = (name: string) =>
    names.some((other) => other.startsWith(`${name}.`) || other.startsWith(`${name}[].`));
  const isImplied = ([name, type]: [string, string]) => ['object', 'object[]'].includes(type) && hasOwn(name);
  return Object.fromEntries(Object.entries(fields).filter((field) => !isImplied(field)));
}

/** Cells of a page's tables in the part below a heading, row by row, each table without its head. */
export function tablesBelow(page: string, heading: string): string[][][] {
  const part = page.split(new RegExp(`\\n##+ ${heading}\\n`))[1]?.split(/\n##+ /)[0] ?? '';
  const tables = part
    .split(/\n\n+/)
    .map((block) => block.trim())
    .filter((block) => block.startsWith('| '));
  return tables.map((table) => table.split('\n').slice(2).map(cellsOf));
}

function cellsOf(row: string): string[] {
  return row
    .slice(2, -2)
    .split(' | ')
    .map((cell) => cell.trim());
}

/** The fields of a table with their types: a row may be for several. */
export function fieldsOf(table: string[][] = []): Rows {
  return Object.fromEntries(table.flatMap(([names, type = '']) => inCode(names).map((name) => [name, type])));
}

/** What stands in code marks. */
export function inCode(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
}

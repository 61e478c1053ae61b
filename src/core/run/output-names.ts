import type { DocumentInput } from '../document';
import { firstBytes } from '../encoded-size';
import { splitName } from '../start/upload-names';
import { drained, mapped, type Steps } from './yielding-steps';
import type { CollectItem } from './collect';
import {
  documentPath,
  fill,
  FINAL_NODE,
  holds,
  type Placeholder,
  RESERVED,
  toNamedDocument,
  UNSAFE,
} from './output-template';

/** An output to name. */
export type OutputToName = Pick<CollectItem, 'fileId' | 'nodeId' | 'path' | 'hash'> & {
  /** Hash of the output's job, file and node. */
  sourceHash: string;
};

/** Longest part of a name, in bytes. File systems allow 255, and a hash may be added. */
const MAX_PART = 230;

/** Maximum number of bytes of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3;

const UNSAFE_RUN = new RegExp(`(?:${UNSAFE.source}|/)+`, 'gu');

/** Length to which a stem is cut before a hash is added, in bytes, so that no template cuts the hash off. */
const MAX_STEM = 64;

/**
 * Names outputs by a template, as paths below the target. Names that a file system may treat as one, or as a folder of another, get a hash before
 * their extension: first the document's hash, which is the same each time. If that does not separate them, they get the hash of job, file and node.
 */
export function outputPaths(outputs: readonly OutputToName[], template: string): string[] {
  const ways = outputs.map((output): Ways => {
    const plain = outputPath(template, output);
    const { sourceHash, hash = sourceHash } = output;
    return [plain, () => withHash(plain, hash), () => withHash(plain, sourceHash)];
  });
  return drained(keptApart(ways, (name) => name));
}

/**
 * Paths for documents that are sent in several jobs, so that no output replaces an output of another document. Documents whose outputs would share a
 * name get a hash at the end of their stem. The input must contain all documents, including those that are left out. Half a million of them take
 * seconds, so the function yields in between to let other work run.
 */
export function* distinctPaths(documents: readonly DocumentInput[], template: string): Steps<string[]> {
  if (isUnique(template)) return documents.map(documentPath);
  const toName = (path: string) => finalPath(path, template);
  const ways = yield* mapped(documents, (document, index): Ways => {
    const { path, hash } = toNamedDocument(document);
    return [path, () => withHashInStem(path, hash), () => withHashInStem(path, `${hash}-${index}`)];
  });
  return yield* keptApart(ways, toName);
}

/** Path of the final output of the document with this path. The template must not be unique, so the file id and the hash do not count. */
export function finalPath(path: string, template: string): string {
  return outputPath(template, { path, fileId: '', nodeId: null, sourceHash: '' });
}

/** Whether no two outputs can share a name under this template, whatever the names of their documents. */
export function isUnique(template: string): boolean {
  return holds(template, 'fileId', 'hash');
}

/** Possible names of an item, best first. */
type Ways = readonly [string, ...(() => string)[]];

/** For each item, its first name that clashes with no other item, if there is one. */
function* keptApart(ways: readonly Ways[], toName: (way: string) => string): Steps<string[]> {
  const choices = yield* mapped(ways, ([way, ...rest]) => ({ way, rest, key: folded(toName(way)) }));
  for (;;) {
    const taken = clashing(choices.map(({ key }) => key));
    const open = choices.filter(({ key, rest }) => taken.has(key) && rest.length > 0);
    if (open.length === 0) return choices.map(({ way }) => way);
    const most = open.reduce((length, { rest }) => Math.max(length, rest.length), 0);
    yield* mapped(
      open.filter(({ rest }) => rest.length === most),
      (choice) => {
        choice.way = choice.rest.shift()?.() ?? choice.way;
        choice.key = folded(toName(choice.way));
      },
    );
  }
}

/** Names that several items have, or that are a folder of another name. */
function clashing(keys: readonly string[]): Set<string> {
  const names = new Set<string>();
  const taken = new Set(keys.flatMap(foldersOf));
  for (const key of keys) {
    if (names.has(key)) taken.add(key);
    names.add(key);
  }
  return taken;
}

function foldersOf(key: string): string[] {
  return [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index));
}

/** The form of a name in which a file system may compare it. Some ignore case and different forms of one character, and drop invisible characters. */
function folded(path: string): string {
  const seen = path.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return seen.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
}

/** Puts the hash before the extension. A long ending does not count as an extension. */
function withHash(path: string, hash: string): string {
  return path.replace(/(\.[^./ ]{1,15})?$/, (extension) => `-${hash}${extension}`);
}

function withHashInStem(path: string, hash: string): string {
  const { folders, name } = splitPath(path);
  const [stem, extension] = splitName(name);
  return [...folders, `${firstBytes(stem, MAX_STEM)}-${hash}${extension}`].join('/');
}

function splitPath(path: string): { folders: string[]; name: string } {
  const parts = path.split('/').filter((part) => part !== '');
  return { name: parts.at(-1) ?? 'document', folders: parts.slice(0, -1) };
}

/** Fills in a template. Empty folders are left out. */
export function outputPath(template: string, output: OutputToName): string {
  const { folders, name } = splitPath(output.path ?? '');
  const [stem, extension] = splitName(name);
  const values: Record<Placeholder, string> = {
    path: '',
    stem,
    ext: extension.slice(1),
    fileId: output.fileId,
    node: output.nodeId ?? FINAL_NODE,
    hash: output.sourceHash,
  };
  const parts = (values.ext === '' ? template.replaceAll('.{ext}', '') : template).split('/');
  const last = renderPart(parts.pop() ?? '', values) || 'output';
  const above = parts.flatMap((part) => (part === '{path}' ? folders.map(safePart) : renderPart(part, values)));
  return [...above.filter((part) => part !== ''), last].join('/');
}

function renderPart(part: string, values: Readonly<Record<Placeholder, string>>): string {
  const names: Placeholder[] = [];
  const literal = fill(part, (name) => {
    names.push(name);
    return '';
  });
  const texts = withinBytes(
    names.map((name) => safeText(values[name])),
    MAX_PART - utf8Bytes(literal),
  );
  let at = 0;
  return safePart(fill(part, () => texts[at++] ?? ''));
}

/** Cuts the longest texts until all together have at most `most` bytes. */
function withinBytes(texts: string[], most: number): string[] {
  if (texts.join('').length * MOST_BYTES <= most) return texts;
  const sizes = texts.map(utf8Bytes);
  const over = sizes.reduce((sum, size) => sum + size, 0) - most;
  if (over <= 0) return texts;
  const longest = sizes.indexOf(Math.max(...sizes));
  const cut = texts.map((text, index) =>
    index === longest ? firstBytes(text, Math.max(0, Math.max(...sizes) - over)) : text,
  );
  return withinBytes(cut, most);
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function safeText(text: string): string {
  return text.replace(UNSAFE_RUN, '_');
}

/**
 * Makes a part of a path safe on every system. The result is not hidden, is not `..`, is not the name of a device, and does not end with a character
 * that Windows drops.
 */
function safePart(part: string): string {
  const [safe = ''] = withinBytes([safeText(part)], MAX_PART);
  const ended = safe.replace(/[. ]+$/, '_');
  return ended.startsWith('.') || RESERVED.test(ended) ? `_${ended}` : ended;
}

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
  /** Of its job, file and node. */
  sourceHash: string;
};

/** Longest part of a name, in bytes: file systems take 255, and a hash may be added. */
const MAX_PART = 230;

/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3;

const UNSAFE_RUN = new RegExp(`(?:${UNSAFE.source}|/)+`, 'gu');

/** Longest stem of a document's name that gets a hash, in bytes, so that no template cuts the hash off. */
const MAX_STEM = 64;

/**
 * Names by a template, as paths below the target. Those that a file system may take for one, or for another's folder, get a hash before their
 * extension: the document's, which is the same each time, and where that does not tell them apart the one of job, file and node.
 */
export function outputPaths(outputs: readonly OutputToName[], template: string): string[] {
  const ways = outputs.map((output): Ways => {
    const plain = render(template, output);
    const { sourceHash, hash = sourceHash } = output;
    return [plain, () => withHash(plain, hash), () => withHash(plain, sourceHash)];
  });
  return drained(keptApart(ways, (name) => name));
}

/**
 * The paths to give to documents that are sent in several jobs, so that no output of one takes the place of another's: those whose outputs
 * would share a name have a hash at the end of their stem. To be asked of all documents there are, those that are left out included. Half a
 * million of them take seconds: it yields in between, for others to have a turn.
 */
export function* distinctPaths(documents: readonly DocumentInput[], template: string): Steps<string[]> {
  if (isUnique(template)) return documents.map(documentPath);
  const toName = (path: string) => render(template, { fileId: '', nodeId: null, sourceHash: '', path });
  const ways = yield* mapped(documents, (document, index): Ways => {
    const { path, hash } = toNamedDocument(document);
    return [path, () => withHashInStem(path, hash), () => withHashInStem(path, `${hash}-${index}`)];
  });
  return yield* keptApart(ways, toName);
}

/** Whether no two outputs share a name of this template, whatever their documents are called. */
export function isUnique(template: string): boolean {
  return holds(template, 'fileId', 'hash');
}

/** The names that something may have, best first. */
type Ways = readonly [string, ...(() => string)[]];

/** For each item, the first of its names that clashes with no other, if there is one. */
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

/** Names that several have, or that are a folder of another. */
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

/** What a file system may make of a name: some tell neither case nor forms of one character apart, and drop what is not seen. */
function folded(path: string): string {
  const seen = path.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return seen.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
}

/** Before an extension that is too short to hold a hash itself. */
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

/** Empty folders are left out. */
function render(template: string, output: OutputToName): string {
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

/** Texts of at most `most` bytes together: the longest one is cut. */
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

/** A part that means what it says everywhere: not hidden, no step upwards, no device, and nothing at its end that Windows drops. */
function safePart(part: string): string {
  const [safe = ''] = withinBytes([safeText(part)], MAX_PART);
  const ended = safe.replace(/[. ]+$/, '_');
  return ended.startsWith('.') || RESERVED.test(ended) ? `_${ended}` : ended;
}

import { RECORDS_FOLDER } from '../listing';
import { hashText } from '../digest';
import type { DocumentInput } from '../document';
import { invalidInput, type UnstructuredApiError } from '../errors';
import type { OutputSelection } from '../output';
import { defaultIdentity, defaultName } from '../reference';
import { show } from '../values';

/** The placeholders of a template of output names, without their braces. */
export const PLACEHOLDERS = ['path', 'stem', 'ext', 'fileId', 'node', 'hash'] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Stands for the node in the name of a file's final output. */
export const FINAL_NODE = 'final';

/** Characters besides the slash that no part of a name contains: a file system refuses them, a parser drops them, or Windows reserves them. */
export const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}"*:<>?\\|]/u;

/** Names that Windows reserves for devices, with any extension, and the folder of a batch's own files. */
export const RESERVED = new RegExp(`^(con|prn|aux|nul|(com|lpt)[1-9¹²³]|${RECORDS_FOLDER}) *(\\.|$)`, 'i');

/** In bytes. The rest of a part is left for the values of the placeholders. */
const MAX_TEMPLATE = 120;

const PLACEHOLDER = /\{(\w+)\}/g;

/** Replaces the placeholders of a template. */
export function fill(template: string, valueOf: (placeholder: Placeholder) => string): string {
  return template.replace(PLACEHOLDER, (_, name) => valueOf(name as Placeholder));
}

/** Whether a template holds one of these placeholders. */
export function holds(template: string, ...placeholders: Placeholder[]): boolean {
  return placeholders.some((name) => template.includes(`{${name}}`));
}

/** Whether a template decides the names of a file's outputs. A template that needs a document does so only for files of documents. */
export function isNamedBy(template: string | undefined, { path }: { path?: string | undefined }): template is string {
  return template !== undefined && (path !== undefined || !holds(template, 'path', 'stem', 'ext'));
}

/** What the names of a document's outputs are made from. */
export function toNamedDocument(document: DocumentInput): { path: string; hash: string } {
  const { ref, identity = defaultIdentity(ref) } = document;
  return { path: documentPath(document), hash: hashText(identity) };
}

/** The path of a document below the folder that was listed, or its name if it was not listed. */
export function documentPath({ ref, name, path }: DocumentInput): string {
  return path ?? (name ?? defaultName(ref)).replaceAll('/', '_');
}

/** Describes a valid template, for messages. */
const EXPECTED_TEMPLATE = `a template such as '{path}/{stem}.json' of ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}`;

/** @throws UnstructuredValidationError naming the option, the value and the known placeholders */
export function checkTemplate(option: string, template: unknown, which: OutputSelection): void {
  const error = typeof template === 'string' ? templateError(template, which) : 'it is not a string';
  if (error !== undefined) throw wrongTemplate(option, template, error);
}

export function wrongTemplate(option: string, template: unknown, error: string): UnstructuredApiError {
  return invalidInput(`Option ${option} must be ${EXPECTED_TEMPLATE}; got ${show(template)}: ${error}.`);
}

/** What is wrong with a template, as the end of a sentence; undefined if it is valid. */
export function templateError(template: string, which: OutputSelection): string | undefined {
  const strange = template.match(/\{[^{}]*\}|[{}]/g)?.find((text) => !isPlaceholder(text));
  if (strange !== undefined) return `${strange} is not one of these`;
  const parts = template.split('/');
  if (parts.includes('')) return 'it has an empty part';
  if (UNSAFE.test(template)) return 'it holds a control character or one of " * : < > ? \\ |';
  if (parts.some((part) => /^\.|[. ]$/.test(part))) return 'a part begins with a dot, or ends with a dot or a space';
  if (parts.some((part) => RESERVED.test(part))) return 'a part is a reserved name';
  if (new TextEncoder().encode(template).length > MAX_TEMPLATE) return `it is longer than ${MAX_TEMPLATE} bytes`;
  if (parts.some((part) => part !== '{path}' && holds(part, 'path')))
    return '{path} stands for folders, between slashes';
  if (parts.at(-1) === '{path}') return 'it ends with {path}, which names no file';
  if (!holds(template, 'stem', 'fileId', 'hash')) return 'it holds none of {stem}, {fileId} and {hash}';
  if (which === 'all' && !holds(template, 'node', 'hash'))
    return "with which: 'all' it must hold {node} or {hash}, since a file has an output of each node";
  return undefined;
}

function isPlaceholder(text: string): boolean {
  return PLACEHOLDERS.some((name) => text === `{${name}}`);
}

import { isAbsolute } from 'node:path';
import { invalidInput } from '../core/errors';
import { anyThat, BOOLEAN, OPTIONS, readOption, refuseUnknown, type Rule, wrongOption } from '../core/option-rules';
import { shownRef } from '../core/reference';
import { isObject, kindOf, show } from '../core/values';
import type { OutputSink } from './sink';
import type { DocumentSource } from './source';

/** Options of the storage, checked and complete. */
interface ResolvedStorageOptions {
  documents: Required<NonNullable<StorageOptions['documents']>>;
  outputs: Required<NonNullable<StorageOptions['outputs']>>;
}

/**
 * Checks the options and fills in the defaults, which allow nothing. An option that is `undefined` counts as not given.
 * @throws UnstructuredValidationError naming the option and the value
 */
export function checkStorageOptions(options: StorageOptions): ResolvedStorageOptions {
  if (!isObject(options)) throw invalidInput(`The options of the storage must be an object; got ${shown(options)}.`);
  refuseUnknown('', options, ['documents', 'outputs']);
  const { documents = {}, outputs = {} } = options;
  checkGroup('documents', documents, ['folders', 'origins', 'privateAddresses', 'sources']);
  checkGroup('outputs', outputs, ['folders', 'sinks']);
  const { privateAddresses = false, origins = [] } = documents;
  return {
    documents: {
      folders: checkFolders('documents.folders', documents.folders),
      origins: read('documents.origins', anyThat('a list of origins', isList), origins),
      privateAddresses: read('documents.privateAddresses', BOOLEAN, privateAddresses),
      sources: checkSchemes<DocumentSource>('documents.sources', documents.sources, {
        what: 'sources',
        functions: ['open'],
        optional: ['describe', 'list'],
        taken: ['file', 'http', 'https'],
      }),
    },
    outputs: {
      folders: checkFolders('outputs.folders', outputs.folders),
      sinks: checkSchemes<OutputSink>('outputs.sinks', outputs.sinks, {
        what: 'sinks',
        functions: ['find', 'store'],
        optional: ['check', 'canStore', 'read'],
        taken: ['file'],
      }),
    },
  };
}

function checkGroup(option: string, given: object, known: string[]): void {
  refuseUnknown(`${option}.`, read(option, OPTIONS, given), known);
}

function checkFolders(option: string, folders: string[] = []): string[] {
  const list = read(option, anyThat('a list of absolute paths', isList), folders);
  return list.map((folder, index) => read(`${option}[${index}]`, ABSOLUTE_PATH, folder));
}

interface SchemeRules<T> {
  what: string;
  functions: (keyof T & string)[];
  /** Functions that may be left out. */
  optional: (keyof T & string)[];
  taken: string[];
}

function checkSchemes<T extends object>(
  option: string,
  given: Record<string, T> = {},
  { what, functions, optional, taken }: SchemeRules<T>,
): Record<string, T> {
  read(option, { ...OPTIONS, expected: `an object of ${what} by scheme` }, given);
  for (const [name, value] of Object.entries(given)) {
    if (!/^[a-z][a-z0-9+.-]*$/.test(name) || taken.includes(name))
      throw invalidInput(
        `Option ${option}: ${show(name)} is not a scheme of your own; name it as in s3: without the colon.`,
      );
    const isGiven = (method: keyof T & string) => typeof value[method] === 'function';
    const isNone = (method: keyof T & string) => value[method] === undefined || isGiven(method);
    if (isObject(value) && functions.every(isGiven) && optional.every(isNone)) continue;
    const expected = `the function${functions.length === 1 ? '' : 's'} ${functions.join(', ')}`;
    throw wrong(`${option}.${name}`, `an object with ${expected}`, value);
  }
  return given;
}

/** Documents that a worker may read, and places where it may write outputs. Everything else is refused. */
export interface StorageOptions {
  documents?:
    | {
        /** Folders, as absolute paths, under which `file:` references may be read. @default [] */
        folders?: string[] | undefined;
        /**
         * Origins such as `https://files.example.com` from which `https:` references may be read. Plain http is allowed on loopback only.
         * @default []
         */
        origins?: string[] | undefined;
        /** Allows origins whose names resolve to private addresses, as inside a company's network. @default false */
        privateAddresses?: boolean | undefined;
        /** Sources of other schemes, by scheme without the colon, such as `s3`. @default {} */
        sources?: Record<string, DocumentSource> | undefined;
      }
    | undefined;
  outputs?:
    | {
        /** Folders, as absolute paths, under which `file:` targets may be written. @default [] */
        folders?: string[] | undefined;
        /** Sinks of other schemes, by scheme without the colon, such as `s3`. @default {} */
        sinks?: Record<string, OutputSink> | undefined;
      }
    | undefined;
}

/** The items are checked one by one. */
const isList = (value: unknown): value is string[] => Array.isArray(value);

const ABSOLUTE_PATH = anyThat(
  'an absolute path',
  (value): value is string => typeof value === 'string' && isAbsolute(value),
);

function read<T>(option: string, rule: Rule<T>, value: unknown): T {
  return readOption(option, rule, value, { show: shown });
}

/** The error for a wrong option. */
export function wrong(option: string, expected: string, value: unknown): Error {
  return wrongOption(option, expected, value, shown);
}

/** A value as messages show it, without the content of objects and without the secrets of references. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return show(shownRef(value));
  return typeof value === 'object' ? kindOf(value) : show(value);
}

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './errors';
import { nearest } from './nearest';

export type Environment = Readonly<Record<string, string | undefined>>;

export const FLAG = { help: { type: 'boolean', short: 'h' }, port: { type: 'string' } } as const;

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;
type Values<T extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ options: T; strict: true; allowPositionals: false }>
>['values'];

/** Reads options. @throws UsageError */
export function parse<T extends OptionsConfig>(args: readonly string[], options: T): Values<T> {
  const values = parseStrictly(args, options);
  refuseRepeated(args, options);
  return values;
}

function parseStrictly<T extends OptionsConfig>(args: readonly string[], options: T): Values<T> {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s/, 1);
    const hint = hintOn(sentence, args, options);
    throw new UsageError(`${sentence.replace(/\.$/, '')}; ${hint}--help shows what there is.`);
  }
}

/** Of an option that takes one value, the last value would win silently. */
function refuseRepeated(args: readonly string[], options: OptionsConfig): void {
  const seen = new Set<string>();
  for (const token of parseArgs({ args: [...args], options, tokens: true }).tokens) {
    if (token.kind !== 'option' || options[token.name]?.type !== 'string' || options[token.name]?.multiple) continue;
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given more than once.`);
    seen.add(token.name);
  }
}

/** A hint about what was probably meant. A shell replaces a glob without quotes by file names, and an option takes only the first of them. */
function hintOn(sentence: string, args: readonly string[], options: OptionsConfig): string {
  if (sentence.startsWith('Unexpected argument') && 'match' in options && args.includes('--match'))
    return 'put the glob of --match in quotes. ';
  const [, ambiguous] = /^Option '(?:-\w, )?(--[^']+)' argument is ambiguous/.exec(sentence) ?? [];
  if (ambiguous !== undefined) return `a value that begins with a dash is written ${ambiguous}=VALUE. `;
  const [, unknown] = /^Unknown option '--([^']+)'/.exec(sentence) ?? [];
  const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(options));
  return near === undefined ? '' : `did you mean --${near}? `;
}

/** The package's message about options, with their names on the command line: `Option unlessIn …` becomes `--unless-in …`, `outputs.to` `--to`. */
export function byOption(message: string): string {
  const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return message
    .replace(/^Option (?:\w+\.)?(\w+)/, (_, name: string) => `--${kebab(name)}`)
    .replaceAll(/\b(?:documents|outputs)\.(from|match|to|name)\b/g, '--$1');
}

export function parsePort(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  if (port >= least && port <= 65_535) return port;
  throw new UsageError(`${name} must be a port from ${least} to 65535; got '${value}'.`);
}

export function parseUrl(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:/i.test(value)) return value.replace(/\/+$/, '');
  throw new UsageError(`${name} must be a URL such as http://localhost:8233; got '${value}'.`);
}

export function parseText(name: string, value: string | undefined): string | undefined {
  if (value === '') throw new UsageError(`${name} must not be empty.`);
  return value;
}

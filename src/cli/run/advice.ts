import { parseArgs } from 'node:util';
import { RUN_OPTIONS } from './arguments';

/** The program as it was called, ready to be pasted into a shell. */
export function sameCommand(args: readonly string[]): string {
  return ['npx temporal-unstructured', ...args.map(quoted)].join(' ');
}

/** The command that processes again the documents that are not ok in a manifest. */
export function retryCommand(args: readonly string[], manifest: string): string {
  return otherBatch(args, { option: 'retry-failed', manifest, suffix: 'retry', without: ['match', 'unless-in'] });
}

/** The command that processes documents that are not in a manifest yet. */
export function newCommand(args: readonly string[], manifest: string): string {
  return otherBatch(args, { option: 'unless-in', manifest, suffix: 'new', without: ['retry-failed'] });
}

interface Change {
  option: 'retry-failed' | 'unless-in';
  manifest: string;
  /** Suffix for a key that was given, because another batch needs another key. */
  suffix: string;
  /** Options that the added option excludes. */
  without: readonly string[];
}

function otherBatch([name = '', ...args]: readonly string[], { option, manifest, suffix, without }: Change): string {
  const { tokens } = parseArgs({ args, options: RUN_OPTIONS, tokens: true });
  const kept = tokens.flatMap((token) => {
    if (token.kind !== 'option' || token.name === option || without.includes(token.name)) return [];
    const { rawName, value } = token;
    if (value === undefined) return [rawName];
    const text = token.name === 'key' ? `${value}-${suffix}` : value;
    return token.inlineValue ? [`${rawName}=${text}`] : [rawName, text];
  });
  return sameCommand([name, ...kept, `--${option}`, manifest]);
}

/** A word, quoted for a shell if necessary. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

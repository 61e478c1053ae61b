import { parseArgs } from 'node:util';
import { RUN_OPTIONS } from './arguments';

/** The program as it was called, to be pasted into a shell. */
export function sameCommand(args: readonly string[]): string {
  return ['npx temporal-unstructured', ...args.map(quoted)].join(' ');
}

/** The command that runs again what is not ok in a manifest. */
export function retryCommand(args: readonly string[], manifest: string): string {
  return otherBatch(args, { option: 'retry-failed', manifest, suffix: 'retry', without: ['match', 'unless-in'] });
}

/** The command that runs what is not in a manifest yet. */
export function newCommand(args: readonly string[], manifest: string): string {
  return otherBatch(args, { option: 'unless-in', manifest, suffix: 'new', without: ['retry-failed'] });
}

interface Change {
  option: 'retry-failed' | 'unless-in';
  manifest: string;
  /** What a key that was given gets at its end: another batch needs another one. */
  suffix: string;
  /** Options that the one that is added excludes. */
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

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

import { inspect } from 'node:util';
import type { LogEntry } from '@temporalio/worker';
import type { RecordedRun } from './histories';

/** The forms in which a secret usually leaks. */
export function formsOf(secret: string): Record<string, string> {
  const [base64, shifted1, shifted2] = [0, 1, 2].map((shift) => base64Within(secret, shift));
  return {
    plain: secret,
    json: JSON.stringify(secret).slice(1, -1),
    url: encodeURIComponent(secret),
    hex: Buffer.from(secret).toString('hex'),
    base64: base64!,
    'base64, shifted by 1': shifted1!,
    'base64, shifted by 2': shifted2!,
  };
}

/** An API key that has another form in each encoding. */
export const KEY = 'zQ7/x+9k=V%4&"tR2m~wB8';

const { plain, url, base64 } = formsOf(KEY);
/** How a service repeats it. */
export const ECHO = `Invalid API key ${plain}, ${url}, ${base64} and Bearer ${plain}`;

/** The forms of a secret that stand anywhere in a value. */
export function formsIn(value: unknown, secret: string): string[] {
  const text = textOf(value).replaceAll('-', '+').replaceAll('_', '/').toLowerCase();
  return Object.entries(formsOf(secret))
    .filter(([, form]) => text.includes(form.replaceAll('-', '+').replaceAll('_', '/').toLowerCase()))
    .map(([name]) => name);
}

/** The runs in whose history, and the log lines in which, the key stands in any form. */
export function placesOfKey(runs: readonly RecordedRun[], logs: readonly LogEntry[]): string[] {
  const holdsKey = (value: unknown) => formsIn(value, KEY).length > 0;
  return [
    ...runs.filter(({ history }) => holdsKey(history)).map(({ workflowId }) => `history of ${workflowId}`),
    ...logs.filter(holdsKey).map(({ message }) => `log line ${JSON.stringify(message.slice(0, 100))}`),
  ];
}

/** The part of the base64 of a longer text that depends on nothing but the secret in it. */
function base64Within(secret: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
  const skipped = shift === 0 ? 0 : shift + 1;
  return bytes.toString('base64').slice(skipped, Math.floor((bytes.length * 8) / 6));
}

/** All text of a value: payloads as bytes and as JSON, errors with stack and causes, everything else as it is printed. */
function textOf(value: unknown): string {
  const texts: string[] = [];
  collectTexts(value, texts);
  const printed = inspect(value, {
    depth: Infinity,
    maxStringLength: Infinity,
    maxArrayLength: Infinity,
    breakLength: Infinity,
  });
  return [printed, ...texts].join('\n');
}

function collectTexts(value: unknown, found: string[], seen = new Set<unknown>()): void {
  if (typeof value === 'string') found.push(value);
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value).toString();
    found.push(text);
    collectTexts(parsed(text), found, seen);
    return;
  }
  for (const key of Reflect.ownKeys(value)) collectTexts((value as Record<PropertyKey, unknown>)[key], found, seen);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

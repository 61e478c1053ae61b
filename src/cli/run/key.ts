import { basename } from 'node:path';
import { hashText } from '../../core/digest';
import { UsageError } from '../support/errors';
import { parseText } from '../support/options';
import type { Place } from './places';

/** What a batch is asked for, as far as it tells it from others. */
export interface Asked {
  from: Place;
  to: Place;
  match: readonly string[];
  start: object;
  retryFailed?: string | undefined;
  unlessIn?: string | undefined;
  isFake: boolean;
}

const MAX_NAME = 40;

/** What keys against a fake API end with. Those of the real one end with digits of a hash, and none that is given may end so. */
const FAKE_MARK = '-fake-api';

/** A key that the same question always gets: `inbox-5f0c2a91`. What a fake API made is not taken for the real one's. */
export function defaultKey({ from, to, match, start, retryFailed, unlessIn, isFake }: Asked): string {
  const asked = [from.url, to.url, match, start, retryFailed ?? null, unlessIn ?? null, isFake];
  const key = `${placeName(from)}-${hashText(JSON.stringify(asked)).slice(0, 8)}`;
  return isFake ? fakeKey(key) : key;
}

/**
 * The key that was given. A fake API's manifest lists documents as ok that the real one never saw: their keys differ, whoever gave them.
 * @throws UsageError
 */
export function parseKey(value: string | undefined, isFake: boolean): string | undefined {
  const key = parseText('--key', value);
  if (key === undefined) return undefined;
  if (isFake) return fakeKey(key);
  if (isFakeKey(key)) throw new UsageError(`--key must not end with ${FAKE_MARK}: that marks the keys of --fake.`);
  return key;
}

/** The key of a batch against a fake API. */
export function fakeKey(key: string): string {
  return isFakeKey(key) ? key : key + FAKE_MARK;
}

/** Whether a key is that of a batch against a fake API. */
export function isFakeKey(key: string): boolean {
  return key.endsWith(FAKE_MARK);
}

/** The last part of its path, in letters that every file system and shell takes as they are. */
function placeName({ url, folder }: Place): string {
  const name = basename(folder ?? url).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return (
    name
      .replace(/^[.-]+/, '')
      .slice(0, MAX_NAME)
      .replace(/[.-]+$/, '') || 'documents'
  );
}

/** Task queue of a batch: one that reads and writes elsewhere has another, so that no worker is asked for what it may not touch. */
export function taskQueueOf(key: string, { from, to }: Pick<Asked, 'from' | 'to'>): string {
  return `unstructured-run-${hashText(JSON.stringify([key, from.url, to.url]))}`;
}

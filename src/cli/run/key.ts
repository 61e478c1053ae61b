import { basename } from 'node:path';
import { hashText } from '../../core/digest';
import { UsageError } from '../support/errors';
import { parseText } from '../support/options';
import type { Place } from './places';

/** The arguments that distinguish a batch from others. */
export interface Asked {
  from: Place;
  to: Place;
  match: readonly string[];
  start: object;
  retryFailed?: string | undefined;
  unlessIn?: string | readonly string[] | undefined;
  isFake: boolean;
}

const MAX_NAME = 40;

/** The suffix of keys for a fake API. Generated keys for the real API end with digits of a hash, and a given key must not end with this suffix. */
const FAKE_MARK = '-fake-api';

/**
 * A key that is always the same for the same arguments: `inbox-5f0c2a91`. A fake API has keys of its own, so that its results are not taken for those
 * of the real API.
 */
export function defaultKey({ from, to, match, start, retryFailed, unlessIn, isFake }: Asked): string {
  const asked = [from.url, to.url, match, start, retryFailed ?? null, unlessIn ?? null, isFake];
  const key = `${placeName(from)}-${hashText(JSON.stringify(asked)).slice(0, 8)}`;
  return isFake ? fakeKey(key) : key;
}

/**
 * Reads the given key. A fake API's manifest lists documents as ok that the real API never saw. So the keys for the two always differ, even given
 * ones.
 * @throws UsageError
 */
export function parseKey(value: string | undefined, isFake: boolean): string | undefined {
  const key = parseText('--key', value);
  if (key === undefined) return undefined;
  if (isFake) return fakeKey(key);
  if (isFakeKey(key)) throw new UsageError(`--key must not end with ${FAKE_MARK}: that marks the keys of --fake.`);
  return key;
}

/** The key of a batch that uses a fake API. */
export function fakeKey(key: string): string {
  return isFakeKey(key) ? key : key + FAKE_MARK;
}

/** Whether a key belongs to a batch that uses a fake API. */
export function isFakeKey(key: string): boolean {
  return key.endsWith(FAKE_MARK);
}

/** The last part of the place's path, in characters that every file system and shell accepts unchanged. */
function placeName({ url, folder }: Place): string {
  const name = basename(folder ?? url).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return (
    name
      .replace(/^[.-]+/, '')
      .slice(0, MAX_NAME)
      .replace(/[.-]+$/, '') || 'documents'
  );
}

/**
 * Task queue of a batch. A batch that reads or writes elsewhere has another task queue, so that no worker is asked for documents or targets that it
 * may not access.
 */
export function taskQueueOf(key: string, { from, to }: Pick<Asked, 'from' | 'to'>): string {
  return `unstructured-run-${hashText(JSON.stringify([key, from.url, to.url]))}`;
}

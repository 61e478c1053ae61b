// Which listed entries are documents of a run, and why others are not.
import { expect, it } from 'vitest';
import {
  LEFT_OUT_REASONS,
  type ListedEntry,
  type ListingRules,
  reasonToLeaveOut,
  type UnlistedReason,
} from '../../src/core/listing';

const MATCHING: ListingRules = { matches: () => true, takesRecords: false, maxBytes: 100 };
const UNMATCHING: ListingRules = { ...MATCHING, matches: () => false };
const document = (path: string, bytes?: number): ListedEntry => ({ ref: `m:${path}`, path, bytes });
const unlisted = (path: string, leftOut: UnlistedReason): ListedEntry => ({ path, leftOut });

it('names each reason once', () => {
  expect(new Set(LEFT_OUT_REASONS).size).toBe(LEFT_OUT_REASONS.length);
});

it.each([1, 100, undefined])('takes a document of %j bytes that matches', (bytes) => {
  expect(reasonToLeaveOut(document('a.pdf', bytes), MATCHING)).toBeUndefined();
});

it.each<[string, ListedEntry]>([
  ['noMatch', document('a.pdf', 0)],
  ['noMatch', document('a.pdf', 101)],
  ['noMatch', document('a../b..c/d', 1)],
  ['noMatch', document('a/../b/./c', 1)],
  ['noMatch', document('.', 1)],
  ['noMatch', document('a/..', 1)],
  ['noMatch', document('x_manifests/a', 1)],
  ['noMatch', document('_manifestsx/a', 1)],
  ['noMatch', document('a/_manifests', 1)],
  ['hidden', document('.a', 1)],
  ['hidden', document('a/.b', 0)],
  ['hidden', document('.a/b', 101)],
  ['hidden', document('a/..b/c', 1)],
  ['hidden', document('...', 1)],
  ['hidden', document('_manifests/a.json', 1)],
  ['hidden', document('a/_manifests/b/c.json', 1)],
])('leaves out as %s what does not match: %j', (reason, entry) => {
  expect(reasonToLeaveOut(entry, UNMATCHING)).toBe(reason);
});

it('leaves out what is empty, and what is too large', () => {
  expect(reasonToLeaveOut(document('a.pdf', 0), MATCHING)).toBe('empty');
  expect(reasonToLeaveOut(document('a.pdf', 101), MATCHING)).toBe('tooLarge');
});

it('takes a hidden document where a glob names it', () => {
  expect(reasonToLeaveOut(document('.a/b', 1), MATCHING)).toBeUndefined();
});

it('leaves out records, whatever matches, unless a glob names them', () => {
  expect(reasonToLeaveOut(document('a/_manifests/b', 1), MATCHING)).toBe('hidden');
  expect(reasonToLeaveOut(document('a/_manifests/b', 1), { ...MATCHING, takesRecords: true })).toBeUndefined();
});

it.each<UnlistedReason>(['symlink', 'notAFile', 'notReadable', 'badName'])(
  'tells what its source says, %s, whether it matches or not',
  (reason) => {
    for (const rules of [MATCHING, UNMATCHING]) {
      expect(reasonToLeaveOut(unlisted('a/b/', reason), rules)).toBe(reason);
      expect(reasonToLeaveOut(unlisted('.a/b/', reason), rules)).toBe('hidden');
    }
  },
);

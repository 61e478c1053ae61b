// A list of output node files repeats itself: failures and memos carry it without that, whole or not at all.
import { expect, test } from 'vitest';
import { encodedBytes } from '../../../src/core/encoded-size';
import { filesOfGroups, groupFiles, isGroup, MAX_GROUPS_BYTES } from '../../../src/core/run/file-groups';
import { JOB_ID } from '../fixtures';

const files = (fileIds: string[], nodeIds: string[]) =>
  fileIds.flatMap((fileId) => nodeIds.map((nodeId) => ({ nodeId, fileId })));

test('files of the same nodes make a group, and come back with their nodes in order', () => {
  const list = [...files(['a', 'b'], ['2', '1']), ...files(['c'], ['2'])];
  const typed = list.map((file) => ({ ...file, nodeType: 'partition' }));
  const groups = groupFiles(typed)!;
  expect(groups).toEqual([
    { fileIds: ['a', 'b'], nodeIds: ['2', '1'] },
    { fileIds: ['c'], nodeIds: ['2'] },
  ]);
  expect(filesOfGroups(groups)).toEqual(list);
});

test('100 documents with names as long as they may be, at 8 nodes, fit', () => {
  const names = Array.from({ length: 100 }, (_, index) => `a1b2c3d4e5f6-${index}-${'n'.repeat(160)}-0a1b2c3d.pdf`);
  const list = files(
    names,
    Array.from({ length: 8 }, (_, index) => JOB_ID.replace(/.$/, String(index))),
  );
  expect(filesOfGroups(groupFiles(list)!)).toEqual(list);
});

test('at the border it is the whole list or none', () => {
  const room = MAX_GROUPS_BYTES - encodedBytes(groupFiles(files([''], ['n'])));
  expect(groupFiles(files(['x'.repeat(room)], ['n']))).toHaveLength(1);
  expect(groupFiles(files(['x'.repeat(room + 1)], ['n']))).toBeUndefined();
  expect(groupFiles([])).toBeUndefined();
});

test.each([null, 7, [], {}, { fileIds: [] }, { fileIds: ['a'], nodeIds: 'b' }, { fileIds: ['a', 7], nodeIds: ['b'] }])(
  '%j is no group',
  (value) => expect(isGroup(value)).toBe(false),
);

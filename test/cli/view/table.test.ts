import { expect, test } from 'vitest';
import { renderTable } from '../../../src/cli/view/table';

const ROWS = [
  ['simple', 'annual-report-2025-f4babc01.pdf', 'partition'],
  ['failing', '', 'prompter'],
];

test('a table that fits keeps every cell whole', () => {
  expect(renderTable(['Job', 'File', 'Node'], ROWS, 80).split('\n')).toEqual([
    'Job      File                             Node',
    '─────────────────────────────────────────────────────',
    'simple   annual-report-2025-f4babc01.pdf  partition',
    'failing                                   prompter',
  ]);
});

test('the widest column gives way where the table does not fit', () => {
  const lines = renderTable(['Job', 'File', 'Node'], ROWS, 40).split('\n');
  expect(lines[2]).toBe('simple   annual-report-202…  partition');
  expect(lines.every((line) => line.length <= 40)).toBe(true);
});

test('wide characters count twice, and the columns stay in line', () => {
  const lines = renderTable(
    ['File', 'Node'],
    [
      ['日本.pdf', 'x'],
      ['report.p', 'y'],
    ],
    80,
  ).split('\n');
  expect(lines.slice(2)).toEqual(['日本.pdf  x', 'report.p  y']);
});

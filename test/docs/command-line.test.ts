// What help and documentation say of the command line is true.
import { expect, test } from 'vitest';
import { parseCommand } from '../../src/cli/arguments';
import { RUN_OPTIONS } from '../../src/cli/run/arguments';
import { RUN_HELP } from '../../src/cli/help';
import { allPages, readPage } from '../support/pages';

const PAGE = readPage('command-line');

const optionsIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = '']) => name))].sort();

test('the help of run lists every option, and no others', () => {
  const listed = [...RUN_HELP.matchAll(/^ {2}(?:-h, )?--([a-z-]+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(Object.keys(RUN_OPTIONS).sort());
});

test('the page names options of run alone', () => {
  expect(optionsIn(PAGE).length).toBeGreaterThan(8);
  expect(optionsIn(PAGE).filter((name) => !(name in RUN_OPTIONS))).toEqual([]);
});

test('the commands of the page and of the README can be called', () => {
  const [, readme = ''] = allPages().find(([path]) => path === 'README.md') ?? [];
  const command = /^npx (?:-p \S+ )*temporal-unstructured (run .*?)(?: +#.*)?$/gm;
  const commands = [...`${PAGE}\n${readme}`.matchAll(command)].map(([, words = '']) => words);
  expect(commands).toHaveLength(3);
  for (const words of commands)
    expect(parseCommand(words.replaceAll("'", '').split(' '), { UNSTRUCTURED_API_KEY: 'key-of-the-test' }).name).toBe(
      'run',
    );
});

test('no line of help is wider than a terminal', () => {
  expect(RUN_HELP.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('the help names the exit codes of the page', () => {
  const [, table = ''] = /\n## Exit codes\n([\s\S]*?)\n## /.exec(PAGE) ?? [];
  const codes = [...table.matchAll(/^\| ([\d, or]+?) +\|/gm)].flatMap(([, cell = '']) => cell.split(/, | or /));
  expect(codes).toEqual(['0', '1', '2', '129', '130', '143']);
  const [, help = ''] = /\nExit code: ([\s\S]*)$/.exec(RUN_HELP) ?? [];
  expect(help.match(/\d+/g)).toEqual(codes);
});

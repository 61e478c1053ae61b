// A text is found in another whichever of its characters are escaped there, and nothing beside it changes.
import { expect, test } from 'vitest';
import { replaceEscaped } from '../../src/core/escaped';
import { withoutSecrets } from '../../src/core/secrets';
import { escapeRegExp } from '../../src/core/values';

const SECRET = 'a+b/c="d&e<f>\'g';
const replaced = (text: string) => replaceEscaped(text, new RegExp(escapeRegExp(SECRET), 'gi'), '-');
const each = (escape: (char: string, hex: string, code: number) => string) =>
  SECRET.replace(/\W/g, (char) => escape(char, char.charCodeAt(0).toString(16), char.charCodeAt(0)));

test.each([
  ['not at all', SECRET],
  ['in capitals', SECRET.toUpperCase()],
  ['for URLs', each((_, hex) => `%${hex}`)],
  ['for URLs, in capitals', each((_, hex) => `%${hex.toUpperCase()}`)],
  ['for URLs, but for the slash', encodeURIComponent(SECRET).replace('%2F', '/')],
  ['for URLs twice', each((_, hex) => `%25${hex}`)],
  ['for URLs four times', each((_, hex) => `%252525${hex}`)],
  ['for JSON, by numbers', each((_, hex) => `\\u00${hex}`)],
  ['for JSON twice, by numbers', each((_, hex) => `\\\\u00${hex}`)],
  ['for JSON', SECRET.replace('/', '\\/').replace('"', '\\"')],
  ['for JSON three times', SECRET.replace('/', '\\/').replace('"', '\\\\\\"')],
  ['for HTML, by numbers', each((_, __, code) => `&#${code};`)],
  ['for HTML, by long numbers', each((_, __, code) => `&#00000${code};`)],
  ['for HTML, by hex numbers', each((_, hex) => `&#x${hex};`)],
  ['for HTML, by long hex numbers', each((_, hex) => `&#x00000${hex};`)],
  [
    'for HTML twice, by names',
    Object.entries({ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }).reduce(
      (text, [char, name]) => text.replace(char, `&amp;${name};`.replace('amp;amp;', 'AMP;amp;')),
      SECRET,
    ),
  ],
])('escaped %s', (_, escaped) => {
  expect(replaced(escaped)).toBe('-');
  expect(replaced(`%${escaped}&amp;\\"${escaped}x%20`)).toBe('%-&amp;\\"-x%20');
});

test('a backslash is found where it is escaped', () => {
  const replacing = (text: string) => replaceEscaped(text, /a\\b\/c/g, '-');
  expect([replacing('a\\b%2Fc'), replacing('a\\\\b%2Fc'), replacing('a%5Cb%2Fc')]).toEqual(['-', '-', '-']);
});

test.each([
  '%',
  '%2',
  '%zz',
  '\\',
  '\\u00',
  '\\u0',
  '&',
  '&amp',
  '&#;',
  '&#1;',
  '&#x4;',
  '&#9999;',
  '100 %41%',
  '"\\"',
])('a text without it stays as it is: %s', (text) => expect(replaced(text)).toBe(text));

test('a character beyond ASCII is found by its number', () => {
  for (const written of ['gr&#252;n', 'gr&#xfc;n', 'gr%fcn', 'gr\\u00fcn'])
    expect(replaceEscaped(written, /grün/g, '-')).toBe('-');
});

test.each(['a%2Bb/c%3D%3D', 'a%2bb/c==', 'a\\u002Bb\\/c==', 'a+b&#47;c=='])(
  'the signature of a link is hidden where it comes back as %s',
  (written) => {
    const ref = 'https://host/x.pdf?sig=a%2Bb%2Fc%3D%3D';
    expect(withoutSecrets(`refused <${written}>`, ref)).toBe('refused <[hidden]>');
  },
);

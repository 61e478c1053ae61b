import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpDate } from '../../src/network/http-date';
import { START } from '../core/fixtures';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An instant in the three forms of RFC 9110. */
function formsOf(instant: Date): { imf: string; rfc850: string; asctime: string } {
  const imf = instant.toUTCString();
  const day = DAYS[instant.getUTCDay()]!;
  const date = imf.slice(5, 7);
  const month = MONTHS[instant.getUTCMonth()]!;
  const year = imf.slice(12, 16);
  const time = imf.slice(17, 25);
  return {
    imf,
    rfc850: `${day}, ${date}-${month}-${year.slice(2)} ${time} GMT`,
    asctime: `${day.slice(0, 3)} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`,
  };
}

it.each([
  ['the usual form', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ['the form of RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT'],
  ["the form of C's asctime", 'Sun Nov  6 08:49:37 1994'],
])('reads the example of RFC 9110 in %s', (_, text) => {
  expect(parseHttpDate(text, START)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
});

it('reads every instant of a century in every form', () => {
  const instants = fc.date({ min: new Date(START - 49 * 365 * 864e5), max: new Date(START + 49 * 365 * 864e5) });
  fc.assert(
    fc.property(
      instants.filter((instant) => !Number.isNaN(instant.getTime())),
      (instant) => {
        const expected = Math.floor(instant.getTime() / 1_000) * 1_000;
        for (const form of Object.values(formsOf(instant))) expect(parseHttpDate(form, START)).toBe(expected);
      },
    ),
  );
});

describe('a year of two digits', () => {
  it.each([
    ['26', 2026],
    ['00', 2000],
    ['76', 2076],
    ['77', 1977],
    ['99', 1999],
  ])('%s is %i in 2026', (digits, year) => {
    expect(parseHttpDate(`Monday, 01-Feb-${digits} 00:00:00 GMT`, START)).toBe(Date.UTC(year, 1, 1));
  });
});

it.each(MONTHS.map((month, i) => [month, i] as const))('knows the month %s', (month, i) => {
  expect(parseHttpDate(`Sun, 01 ${month} 2026 00:00:00 GMT`, START)).toBe(Date.UTC(2026, i, 1));
});

it.each([1900, 2026, 2200])('takes a year of four digits as it is: %i', (year) => {
  expect(parseHttpDate(`Sun, 01 Jan ${year} 00:00:00 GMT`, START)).toBe(Date.UTC(year, 0, 1));
});

it('reads the last moment of a day and a leap second', () => {
  expect(parseHttpDate('Thu, 31 Dec 2026 23:59:59 GMT', START)).toBe(Date.UTC(2026, 11, 31, 23, 59, 59));
  expect(parseHttpDate('Thu, 31 Dec 2026 23:59:60 GMT', START)).toBe(Date.UTC(2027, 0, 1));
});

it.each([
  'Sat, 29 Feb 2026 00:00:00 GMT',
  'Tue, 31 Apr 2026 00:00:00 GMT',
  'Sun, 00 Nov 2026 00:00:00 GMT',
  'Sun, 32 Nov 2026 00:00:00 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 06 nov 1994 08:49:37 GMT',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 94 08:49:37 GMT',
  'Sunday, 06-Nov-1994 08:49:37 GMT',
  'Sun Nov 6 08:49:37 1994',
  'Sun Nov  6 08:49:37 94',
  'Son, 06 Nov 1994 08:49:37 GMT',
  'x Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT x',
  'x Sunday, 06-Nov-94 08:49:37 GMT',
  'Sunday, 06-Nov-94 08:49:37 GMT x',
  'x Sun Nov  6 08:49:37 1994',
  'Sun Nov  6 08:49:37 1994 x',
  '1994-11-06T08:49:37Z',
  '06 Nov 1994',
  '',
])('takes %j for no HTTP date', (text) => {
  expect(parseHttpDate(text, START)).toBeUndefined();
});

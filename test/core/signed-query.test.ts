// Of a link's query, only what is known to sign it is left out of what tells the document.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { withoutSignature } from '../../src/core/signed-query';

const SIGNED = {
  'AWS, version 4': {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIA%2F20261129%2Fus-east-1%2Fs3%2Faws4_request',
    'X-Amz-Date': '20261129T060000Z',
    'X-Amz-Expires': '900',
    'X-Amz-Security-Token': 'FwoGZXIvYXdzE',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': '0123456789abcdef',
  },
  'AWS, version 2': { AWSAccessKeyId: 'AKIA', Expires: '1798000000', Signature: 'ab%2Fc%3D' },
  'Google, version 4': {
    'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
    'X-Goog-Credential': 'me%40p.iam.gserviceaccount.com%2F20261129%2Fauto%2Fstorage%2Fgoog4_request',
    'X-Goog-Date': '20261129T060000Z',
    'X-Goog-Expires': '900',
    'X-Goog-SignedHeaders': 'host',
    'X-Goog-Signature': '0123456789abcdef',
  },
  'Google, version 2': { GoogleAccessId: 'me%40p.iam', Expires: '1798000000', Signature: 'ab%2Fc%3D' },
  'Azure, of a blob': {
    ...{ sp: 'r', st: '2026-11-29T06:00:00Z', se: '2026-11-29T14:00:00Z', spr: 'https' },
    ...{ sv: '2024-11-04', sr: 'b', sig: 'ab%2Fc%3D' },
  },
  'Azure, of an account': { sv: '2024-11-04', ss: 'b', srt: 'o', sp: 'r', se: '2026-11-29T14:00:00Z', sig: 'ab%3D' },
  'CloudFront, by its policy': { Expires: '1798000000', Signature: 'ab~c_', 'Key-Pair-Id': 'K2JCJMDEHXQW5F' },
  'CloudFront, by a policy of ours': { Policy: 'eyJTdGF0', Signature: 'ab~c_', 'Key-Pair-Id': 'K2JCJMDEHXQW5F' },
} as const satisfies Record<string, Record<string, string>>;

const queryOf = (pairs: [string, string][]) => pairs.map((pair) => pair.join('=')).join('&');

describe.each(Object.entries(SIGNED))('%s', (_, parameters) => {
  const pairs = Object.entries<string>(parameters);

  it('is left out, in any order and with anything between', () => {
    const own = fc.uniqueArray(fc.stringMatching(/^[a-z]{5,9}=[a-z0-9]{0,5}$/), { maxLength: 4 });
    fc.assert(
      fc.property(
        own,
        fc.shuffledSubarray(pairs, { minLength: pairs.length }),
        fc.infiniteStream(fc.boolean()),
        (mine, signed, turns) => {
          const [rest, told] = [[...mine], signed.map((pair) => pair.join('='))];
          const query: string[] = [];
          for (const turn of turns) {
            if (rest.length + told.length === 0) break;
            const next = (turn ? rest : told).shift() ?? (turn ? told : rest).shift();
            query.push(next!);
          }
          expect(withoutSignature(query.join('&'))).toBe(mine.join('&'));
        },
      ),
    );
  });

  it('counts where one of it is there twice: nobody knows which one the server takes', () => {
    for (const [name, value] of pairs) {
      const query = queryOf([...pairs, [name, `${value}0`]]);
      expect(withoutSignature(query)).toBe(query);
    }
  });
});

test.each([
  ['part of AWS, version 4', 'X-Amz-Signature=0123&X-Amz-Date=20261129T060000Z'],
  ['a signature that is none', queryOf(Object.entries({ ...SIGNED['AWS, version 4'], 'X-Amz-Signature': 'page 17' }))],
  ['an expiry that is none', 'AWSAccessKeyId=A&Expires=never&Signature=x'],
  ['a key alone', 'AWSAccessKeyId=17'],
  ['a signature of nobody', 'Expires=1798000000&Signature=ab'],
  ['names in another case', 'awsaccesskeyid=A&expires=1798000000&signature=x'],
  ['Azure without a version', 'sr=b&sig=abc&se=2026-11-29'],
  ['Azure of another form', 'sv=17&sr=b&sig=abc'],
  ['a shop', 'sv=red&sig=17&sp=2'],
  ['nothing', ''],
  ['separators alone', '&&=&'],
])('%s counts as it is', (_, query) => expect(withoutSignature(query)).toBe(query));

test('what picks a version, or how it is answered, counts beside a signature', () => {
  const query = `${queryOf(Object.entries(SIGNED['AWS, version 4']))}&versionId=3&response-content-type=text%2Fplain`;
  expect(withoutSignature(query)).toBe('versionId=3&response-content-type=text%2Fplain');
  expect(withoutSignature(`${queryOf(Object.entries(SIGNED['Azure, of a blob']))}&snapshot=2026`)).toBe(
    'snapshot=2026',
  );
});

// What failures, logs and summaries may show of a reference: nothing that could open the document.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shownRef } from '../../src/core/reference';
import { withoutSecrets } from '../../src/core/secrets';

test.each([
  ['https://host/x.pdf', 'https://host/x.pdf'],
  ['https://host:8080/a@b.pdf?sig=secret#part', 'https://host:8080/a@b.pdf'],
  ['https://u:p@host/x', 'https://host/x'],
  ['https://u:p@ss@host/x', 'https://host/x'],
  ['https://u:p@ss@host/a@b.pdf', 'https://host/a@b.pdf'],
  ['https:u:p@host/x', 'https:host/x'],
  ['https:///u:p@host/x', 'https:///host/x'],
  ['https:\\\\u:p@host/x', 'https:\\\\host/x'],
  [' https://u:p@host/x', 'https://host/x'],
  ['sftp://u:p@host/x', 'sftp://host/x'],
  ['s3://bucket/a@b.pdf', 's3://bucket/a@b.pdf'],
  ['file:///inbox/a@b.pdf', 'file:///inbox/a@b.pdf'],
  ['mem:a@b', 'mem:a@b'],
  ['a@b', 'a@b'],
])('%s is shown as %s', (ref, shown) => {
  expect(shownRef(ref)).toBe(shown);
});

test.each(['?', '/', '#'])('a password with %s, which makes it no URL, is not shown either', (char) => {
  const ref = `https://u:p${char}ss@host/x?sig=secret`;
  expect(shownRef(ref)).toBe('https://host/x');
  expect(withoutSecrets(`${ref} is no URL`, ref)).toBe('https://[hidden]@host/x?[hidden] is no URL');
});

test('a reference is shown in one line of at most 300 characters', () => {
  expect(shownRef(`file:///${'a'.repeat(400)}`)).toHaveLength(300);
  expect(shownRef('file:///a\nERROR b')).toBe('file:///aERROR b');
});

const presigned = 'https://user:pa%24%24@host/a b.pdf?X-Sig=ab%2Fcd+ef==&v=1&name=grün7#frag-ment';

test.each([
  ['the reference', presigned],
  ['the URL as libraries write it', new URL(presigned).href],
  ['its path and search', `GET ${new URL(presigned).pathname}${new URL(presigned).search}`],
  ['a value', 'signature ab%2Fcd+ef== does not match'],
  ['a decoded value', 'signature ab/cd ef== does not match'],
  ['a value as it was encoded anew', 'name gr%C3%BCn7'],
  ['a value with letters of its own', 'name grün7'],
  ['the password', 'password pa%24%24'],
  ['the decoded password', 'password pa$$ of user'],
  ['the fragment', 'at frag-ment'],
])('a text that quotes %s does not hold the secrets', (_, text) => {
  const clean = withoutSecrets(text, presigned);
  for (const secret of ['ab%2Fcd', 'ab/cd', 'ef==', 'pa%24', 'pa$$', 'gr%C3%BCn', 'grün', 'frag-ment'])
    expect(clean).not.toContain(secret);
  expect(clean).toContain('[hidden]');
});

test('the rest of the text stays readable', () => {
  expect(withoutSecrets(`503 from ${presigned}`, presigned)).toBe('503 from https://[hidden]@host/a b.pdf?[hidden]');
  expect(withoutSecrets('version 1 of a', 'mem:a?v=1')).toBe('version 1 of a');
  expect(withoutSecrets('no mem:here@a', 'mem:here@a')).toBe('no mem:here@a');
  expect(withoutSecrets('no \ud800%%%', 'mem:a?\ud800%%%')).toBe('no [hidden]');
  expect(withoutSecrets('x'.repeat(400), 'mem:a')).toHaveLength(300);
});

test.each([
  ['https://host/get?kind=document', 'Document https://host/get was refused: its document is gone'],
  ['https://host/get?lang=server&page=4030', 'its server answered 403 to 4030 requests'],
  ['https://host/get?status=answered#broken', 'its server answered, then the connection was broken'],
  ['https://host/document', 'Document https://host/document was refused'],
  ['https://host/get?document', 'Document https://host/get was refused'],
  ['https://host/get?keyword=document&author=server', 'Document https://host/get was refused by its server'],
  ['https://host/get?pinned=document&encoded=server', 'Document https://host/get was refused by its server'],
  ['https://host/get?as=unavailable', 'the document is unavailable'],
])('an ordinary word or number in %s is no secret', (ref, text) => expect(withoutSecrets(text, ref)).toBe(text));

test.each([
  ['https://host/get?token=sesame', 'no such token: sesame'],
  ['https://host/get?password=sesame', 'no such password: sesame'],
  ['https://host/get?sig=123456', 'bad signature 123456'],
  ['https://open:sesame@host/get', 'bad password sesame'],
  ['https://host/get?id=sesame7', 'no such id: sesame7'],
  ['https://host/get?id=1234567', 'no such id: 1234567'],
  ['https://host/get?id=abcdefghijklmnopqrstuvwx', 'no such id: abcdefghijklmnopqrstuvwx'],
  ['https://host/get?hunterhunter', 'no such id: hunterhunter'],
  ['https://host/get?id=sesame7#hunterhunter', 'no such part: hunterhunter'],
  ['https://host/get#hunterhunter', 'no such part: hunterhunter'],
])('a value in %s is hidden if its parameter, its place or its form may make it a secret', (ref, text) => {
  const hidden = text.replace(/\w+$/, '[hidden]');
  expect(withoutSecrets(text, ref)).toBe(hidden);
});

/** Names of parameters whose values are secrets, even if they are words. */
const NAMES = [
  ...['sig', 'signature', 'token', 'accessToken', 'client_secret', 'creds', 'session', 'sessionId', 'sid', 'bearer'],
  ...['key', 'apikey', 'api_key', 'X-Api-Key', 'keys', 'AWSAccessKeyId', 'auth', 'authorization', 'oauth', 'jwt'],
  ...['code', 'passcode', 'otp', 'pin', 'PIN2', 'user[pin]', 'pass', 'pwd', 'passwd', 'password', 'passphrase', 'hash'],
];

test.each(NAMES)('a word or number in the parameter %s is hidden', (name) => {
  const ref = `https://host/x?page=12&${new URLSearchParams({ [name]: 'sesame' }).toString()}#1`;
  expect(withoutSecrets('no sesame on page 12', ref)).toBe('no [hidden] on page 12');
});

test('any value of four or more characters is hidden, in each form in which it may come back', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 }),
    fc.constantFrom('sesame', 'Größe', '4711', '123456'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), value, (name, secret) => {
      const ref = `https://host/x?${new URLSearchParams({ [name]: secret }).toString()}`;
      const written = [ref, new URL(ref).href].map((url) => url.slice(url.indexOf('=') + 1));
      for (const form of [secret, ...written, ref]) expect(withoutSecrets(`<${form}>`, ref)).not.toContain(form);
    }),
  );
});

import { describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../src/core/loopback';

describe('isLoopbackHost', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'x.localhost',
    'a.b.localhost.',
    '127.0.0.1',
    '127.1.2.3',
    '127.255.255.255',
    '[::1]',
  ])('is true for %s', (hostname) => expect(isLoopbackHost(hostname)).toBe(true));

  it.each([
    ['nothing', ''],
    ['an address of another machine', '128.0.0.1'],
    ['the address of all interfaces', '0.0.0.0'],
    ['a name that begins with localhost', 'localhost.evil.test'],
    ['a name that ends with localhost', 'evil-localhost'],
    ['a name that begins with an address', '127.0.0.1.evil.test'],
    ['a name that ends with an address', 'evil.127.0.0.1'],
    ['an empty label', '.localhost'],
    ['a user in front', 'x@a.localhost'],
    ['a path in front', 'evil.test/a.localhost'],
    ['a dot after an address', '127.0.0.1.'],
    ['a part of an address', '127.0.0'],
    ['a mapped address', '[::ffff:127.0.0.1]'],
    ['a mapped address as URLs write it', new URL('http://[::ffff:127.0.0.1]').hostname],
    ['a longer address', '[::1:1]'],
    ['an address without brackets', '::1'],
    ['a port', 'localhost:80'],
    ['a line end', 'localhost\n'],
  ])('is false for %s', (_, hostname) => expect(isLoopbackHost(hostname)).toBe(false));

  it.each(['http://127.1', 'http://0x7f.0.0.1', 'http://2130706433', 'http://LocalHost'])(
    'is true for the host of %s, which a URL writes out',
    (url) => expect(isLoopbackHost(new URL(url).hostname)).toBe(true),
  );
});

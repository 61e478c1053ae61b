// Only addresses of the public internet are reached; one that holds an IPv4 address is judged by it.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  isPrivateAddressError,
  isPublic,
  publicLookup,
  refuseLoopbackName,
  refusePrivateName,
} from '../../src/network/public-addresses';

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '2606:4700::1111',
  '64:ff9b::808:808',
  '::ffff:8.8.8.8',
  '::808:808',
  '2002:808:808::',
  '2a00:1450::5eff:a00:1',
])('%s is public', (address) => expect(isPublic(address)).toBe(true));

test.each([
  ...['10.0.0.1', '127.0.0.1', '169.254.169.254', '192.168.1.1', '172.16.0.1', '100.64.0.1', '0.0.0.0'],
  ...['192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fec0::1', 'ff02::1', '2001:db8::1', '100::1'],
  ...['::ffff:10.0.0.1', '::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::808:808', '::ffff:0:7f00:1', '2002:7f00:1::'],
  ...['2a00:1450::5efe:a00:1', '2606:4700:1:2:200:5efe:7f00:1', 'fe80::5efe:808:808', '2001:db8::5efe:808:808'],
  ...['4000::1', 'e000::1', '', 'nonsense', '8.8.8.8.8'],
])('%s is not', (address) => expect(isPublic(address)).toBe(false));

const byte = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.oneof(
  fc.tuple(byte, byte, byte, byte),
  fc.tuple(fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 255), byte, byte, byte),
);
const hex = (bytes: number[]) => [0, 2].map((at) => ((bytes[at]! << 8) | bytes[at + 1]!).toString(16)).join(':');
const turned = (bytes: number[]) => bytes.map((one) => one ^ 0xff);

test.each<[string, (bytes: number[]) => string]>([
  ['NAT64', (bytes) => `64:ff9b::${hex(bytes)}`],
  ['mapped', (bytes) => `::ffff:${hex(bytes)}`],
  ['compatible', (bytes) => `::${hex(bytes)}`],
  ['SIIT', (bytes) => `::ffff:0:${hex(bytes)}`],
  ['6to4', (bytes) => `2002:${hex(bytes)}:1::5`],
  ['ISATAP', (bytes) => `2a00:1450:1:2::5efe:${hex(bytes)}`],
  ['ISATAP, of an address that is unique', (bytes) => `2a00:1450:1:2:200:5efe:${hex(bytes)}`],
  ['Teredo, of a public server', (bytes) => `2001:0:808:808:0:1:${hex(turned(bytes))}`],
  ['Teredo, of a public client', (bytes) => `2001:0:${hex(bytes)}:0:1:${hex(turned([8, 8, 8, 8]))}`],
])('an address of %s is as public as the IPv4 address inside', (_, written) => {
  fc.assert(
    fc.property(ipv4, (bytes) => {
      expect(isPublic(written([...bytes]))).toBe(isPublic(bytes.join('.')));
    }),
  );
});

describe('a name', () => {
  it('that leads to this machine is refused as it connects', async () => {
    const error = await new Promise((resolve) => publicLookup('localhost', {}, (reason) => resolve(reason)));
    expect(isPrivateAddressError(error)).toBe(true);
  });

  it.each(['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.b.localhost.'])(
    'such as %s is refused where a proxy would look it up',
    (name) => expect(() => refuseLoopbackName(name)).toThrow('leads to a private address'),
  );

  it.each(['localhost.example', 'mylocalhost', 'files.example'])('such as %s is not', (name) => {
    expect(() => refuseLoopbackName(name)).not.toThrow();
  });

  it('is looked up where a dispatcher of one’s own connects, and passes where it is not known here', async () => {
    await expect(refusePrivateName('localhost')).rejects.toThrow('leads to a private address');
    await expect(refusePrivateName('unknown.invalid')).resolves.toBeUndefined();
  });
});

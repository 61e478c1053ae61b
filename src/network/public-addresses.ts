import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { errorCauses, errorShape } from '../core/error-shape';
import { isLoopbackHost } from '../core/loopback';

/** Thrown instead of connecting to a non-public address that a public name leads to. */
class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** Whether an error, or one of its causes, is a {@link PrivateAddressError}. */
export function isPrivateAddressError(error: unknown): boolean {
  return errorCauses(error).some((e) => errorShape(e).name === 'PrivateAddressError');
}

/**
 * Whether an address belongs to the public internet: it is not private, loopback, link-local or of any other special use. An address that contains an
 * IPv4 address, such as a NAT64 address, leads to that IPv4 address, so the IPv4 address decides.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast';
  const bytes = (parsed as ipaddr.IPv6).toByteArray();
  const inside = ipv4Inside(bytes);
  if (inside) return inside.every(isPublicIPv4);
  const isTunnel = ISATAP.test(Buffer.from(bytes).toString('hex'));
  if (isTunnel && !isPublicIPv4(bytes.slice(12))) return false;
  return parsed.range() === 'unicast' && isAllocated(parsed as ipaddr.IPv6);
}

function isPublicIPv4(bytes: number[]): boolean {
  return new ipaddr.IPv4(bytes).range() === 'unicast';
}

/** Any network, then the mark of an ISATAP address (RFC 5214). The IPv4 address of the other end of the tunnel follows. */
const ISATAP = /^.{16}0[02]005efe/;

/** All assigned unicast addresses begin with these bits. Others have a special use, or are not assigned. */
function isAllocated(address: ipaddr.IPv6): boolean {
  return address.match(ipaddr.IPv6.parse('2000::'), 3);
}

/** The prefixes of addresses that contain an IPv4 address, and its position: mapped, compatible, translated by NAT64 or SIIT, 6to4. */
const EMBEDDED: readonly (readonly [prefix: string, bits: number, at: number])[] = [
  ['::ffff:0:0', 96, 12],
  ['::ffff:0:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['2002::', 16, 2],
  ['::', 96, 12],
];

function ipv4Inside(bytes: number[]): number[][] | undefined {
  const address = new ipaddr.IPv6(bytes);
  const found = EMBEDDED.find(([prefix, bits]) => address.match(ipaddr.IPv6.parse(prefix), bits));
  if (found) return [bytes.slice(found[2], found[2] + 4)];
  // Teredo: the server's address, and the client's with all bits inverted.
  if (address.range() === 'teredo') return [bytes.slice(4, 8), bytes.slice(12).map((byte) => byte ^ 0xff)];
  return undefined;
}

/** Looks up a name, and refuses it if any of its addresses is not public. The check happens when connecting, so the name cannot change afterwards. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refusal = error ?? refusePrivate(hostname, addresses);
    if (refusal) {
      callback(refusal, []);
      return;
    }
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  });
};

/**
 * Refuses names of the loopback interface, such as `localhost`. If a proxy looks names up, this is all that can be checked here.
 * @throws PrivateAddressError
 */
export function refuseLoopbackName(hostname: string): void {
  if (isLoopbackHost(hostname)) throw new PrivateAddressError(`${hostname} leads to a private address`);
}

/**
 * Checks what a name resolves to on this machine, for connections that something else makes. A name unknown here passes.
 * @throws PrivateAddressError
 */
export async function refusePrivateName(hostname: string): Promise<void> {
  const addresses = await new Promise<LookupAddress[]>((resolve) =>
    systemLookup(hostname, { all: true }, (error, found) => resolve(error ? [] : found)),
  );
  const refusal = refusePrivate(hostname, addresses);
  if (refusal) throw refusal;
}

function refusePrivate(hostname: string, addresses: LookupAddress[]): PrivateAddressError | undefined {
  if (addresses.every(({ address }) => isPublic(address))) return undefined;
  return new PrivateAddressError(`${hostname} leads to a private address`);
}

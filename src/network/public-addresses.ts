import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { errorCauses, errorShape } from '../core/error-shape';
import { isLoopbackHost } from '../core/loopback';

/** Thrown in place of a connection to an address that a public name must not lead to. */
class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** Whether this, or what caused it, is a {@link PrivateAddressError}. */
export function isPrivateAddressError(error: unknown): boolean {
  return errorCauses(error).some((e) => errorShape(e).name === 'PrivateAddressError');
}

/**
 * Whether an address is of the public internet: neither private, loopback, link-local nor anything else of special use. One that holds an
 * IPv4 address, such as one of NAT64, leads where that leads, so it is judged by it.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast';
  const inside = ipv4Inside((parsed as ipaddr.IPv6).toByteArray());
  if (inside) return inside.every((bytes) => new ipaddr.IPv4(bytes).range() === 'unicast');
  return parsed.range() === 'unicast' && isAllocated(parsed as ipaddr.IPv6);
}

/** All unicast addresses that are assigned begin with these bits; the others have a special use, or none yet. */
function isAllocated(address: ipaddr.IPv6): boolean {
  return address.match(ipaddr.IPv6.parse('2000::'), 3);
}

/** The prefix that says that an IPv4 address follows, and where: mapped, compatible, translated by NAT64 or SIIT, 6to4. */
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
  // Teredo: the server, and the client with each bit turned round.
  if (address.range() === 'teredo') return [bytes.slice(4, 8), bytes.slice(12).map((byte) => byte ^ 0xff)];
  return undefined;
}

/** Looks a name up and refuses all of it where one address is not public: judged at the moment of connecting, so a name can't change its mind. */
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

/** Refuses the names that lead to the machine which looks them up: where that is a proxy, nothing else can be judged. @throws PrivateAddressError */
export function refuseLoopbackName(hostname: string): void {
  if (isLoopbackHost(hostname)) throw new PrivateAddressError(`${hostname} leads to a private address`);
}

/** Judges a name by what it leads to here, where something else connects. One that is not known here passes. @throws PrivateAddressError */
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

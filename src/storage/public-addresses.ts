import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Thrown in place of a connection to an address that a public name must not lead to. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** Whether an address is of the public internet: neither private, loopback, link-local nor anything else of special use. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
}

/** Looks a name up and refuses all of it where one address is not public: judged at the moment of connecting, so a name can't change its mind. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, []);
      return;
    }
    const hidden = addresses.find(({ address }) => !isPublic(address));
    if (hidden) {
      callback(new PrivateAddressError(`${hostname} leads to a private address`), []);
      return;
    }
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  });
};

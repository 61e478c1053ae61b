/**
 * Whether a host always leads to this machine: `localhost` and all names below it (RFC 6761), 127.0.0.0/8 and `[::1]`. An IPv4 address mapped into
 * IPv6 does not count.
 * @param hostname As in a URL: an IPv6 address is in brackets
 */
export function isLoopbackHost(hostname: string): boolean {
  return /^(([\w-]+\.)*localhost\.?|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

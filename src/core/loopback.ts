/**
 * Whether a host leads to this machine alone: `localhost` and all names below it (RFC 6761), 127.0.0.0/8 and `[::1]`. An IPv4 address mapped
 * into IPv6 does not count.
 * @param hostname As a URL writes it: an IPv6 address in brackets
 */
export function isLoopbackHost(hostname: string): boolean {
  return /^(([\w-]+\.)*localhost\.?|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

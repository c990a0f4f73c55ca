const loopback = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/;

/** Whether a host is this machine and no other; an address of IPv6 plain, or in the brackets that it has in a URL. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

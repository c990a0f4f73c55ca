/** The eight groups of an address of IPv6, `::` written out. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail = ''] = address.split('::').map((part) => part.replace(/%.*$/, ''));
  const [before, behind] = [head, tail].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]];
  const missing = Math.max(0, 8 - before.length - behind.length);
  return [...before, ...Array.from({ length: missing }, () => '0'), ...behind];
}

/** An address in lower case; one of IPv4 by itself, where a socket of IPv6 shows it in the form of its own. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d{1,3}(?:\.\d{1,3}){3}$)/, '');
}

/**
 * Whose address it is, as far as addresses say: one of IPv4 itself, of IPv6 the network of 64 bits that is given to a household or a
 * machine as a whole, so that nobody counts as many by changing the rest.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(':')) return plain;
  const groups = groupsOf(plain).slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}

/** Proofs of RFC 6962, checked where the page is looked at: nothing that the server says of itself is believed. */

async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Error('not hexadecimal');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

/**
 * The root that follows from a leaf at its place and its audit path (RFC 9162, 2.1.3.2); null for a path of another length than the tree
 * asks for.
 */
export async function rootOfPath(eventHash: string, leafIndex: number, treeSize: number, path: readonly string[]): Promise<string | null> {
  if (leafIndex < 0 || leafIndex >= treeSize) return null;
  let [node, last] = [leafIndex, treeSize - 1];
  let root = await sha256(leafMark, fromHex(eventHash));
  for (const sibling of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      root = await sha256(nodeMark, fromHex(sibling), root);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else root = await sha256(nodeMark, root, fromHex(sibling));
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? toHex(root) : null;
}

/** Checkpoints as C2SP signed notes: `origin`, size and root, a blank line, and a signature over what stands before it. */

export interface Checkpoint {
  readonly origin: string;
  readonly treeSize: number;
  readonly root: Uint8Array;
  readonly body: string;
  readonly signatures: readonly { readonly name: string; readonly keyId: Uint8Array; readonly signature: Uint8Array<ArrayBuffer> }[];
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.codePointAt(0)!);
}

/** Null for what is no checkpoint. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const split = note.indexOf('\n\n');
  if (split < 0) return null;
  const body = note.slice(0, split + 1);
  const [origin, size, root] = body.split('\n');
  if (origin === undefined || !/^\d+$/.test(size ?? '') || root === undefined) return null;
  try {
    const signatures = note
      .slice(split + 2)
      .split('\n')
      .filter((line) => line.startsWith('\u2014 '))
      .map((line) => {
        const [name = '', text = ''] = line.slice(2).split(' ');
        const bytes = fromBase64(text);
        return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
      });
    return { origin, treeSize: Number(size), root: fromBase64(root), body, signatures };
  } catch {
    return null;
  }
}

export type SignatureCheck = 'valid' | 'invalid' | 'no signature of this key' | 'not possible in this browser';

/** The key of `NAME+KEYID+BASE64`, where the first byte of the last part says Ed25519. */
function keyOf(verifierKey: string): { readonly name: string; readonly key: Uint8Array<ArrayBuffer> } | null {
  const [name, keyId, ...rest] = verifierKey.trim().split('+');
  if (name === undefined || !/^[0-9a-f]{8}$/.test(keyId ?? '')) return null;
  try {
    const bytes = fromBase64(rest.join('+'));
    return bytes.length === 33 && bytes[0] === 1 ? { name, key: bytes.slice(1) } : null;
  } catch {
    return null;
  }
}

export async function checkSignature({ body, signatures }: Checkpoint, verifierKey: string): Promise<SignatureCheck> {
  const verifier = keyOf(verifierKey);
  if (verifier === null) return 'invalid';
  const { name, key } = verifier;
  const encoder = new TextEncoder();
  const named = new Uint8Array([...encoder.encode(name), 0x0a, 0x01, ...key]);
  const keyId = new Uint8Array(await crypto.subtle.digest('SHA-256', named)).slice(0, 4);
  const own = signatures.find((one) => one.name === name && one.keyId.every((byte, at) => byte === keyId[at]));
  if (own === undefined) return 'no signature of this key';
  const imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']).catch(() => null);
  if (imported === null) return 'not possible in this browser';
  const isValid = await crypto.subtle.verify({ name: 'Ed25519' }, imported, own.signature, encoder.encode(body));
  return isValid ? 'valid' : 'invalid';
}

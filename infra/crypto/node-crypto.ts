import * as nodeCrypto from 'node:crypto';
import type { Crypto } from '../../handlers/ports/ports.ts';

/** DER of RFC 8410 up to the raw 32 bytes of an Ed25519 private and public key. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const keyBytes = 32;

function requireKeyBytes(key: Uint8Array, what: string): void {
  if (key.length !== keyBytes) throw new RangeError(`${what} must have ${keyBytes} bytes, not ${key.length}`);
}

function privateKeyOf(seed: Uint8Array): nodeCrypto.KeyObject {
  requireKeyBytes(seed, 'an Ed25519 seed');
  return nodeCrypto.createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
}

function rawPublicKey(key: nodeCrypto.KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length));
}

/**
 * One-shot SHA-256. Asking for a Latin-1 string and spreading it into bytes takes a third of the time that a Buffer takes
 * for short inputs, of which a Merkle tree has millions.
 */
function sha256(bytes: Uint8Array): Uint8Array {
  const text = nodeCrypto.hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(keyBytes);
  for (let index = 0; index < keyBytes; index++) digest[index] = text.charCodeAt(index);
  return digest;
}

/** Importing a key takes as long as verifying with it, and a ledger has one at a time. */
function keyImporter(): (publicKey: Uint8Array) => nodeCrypto.KeyObject {
  let last: { readonly bytes: Buffer; readonly key: nodeCrypto.KeyObject } | null = null;
  return (publicKey) => {
    if (last === null || !last.bytes.equals(publicKey)) {
      const bytes = Buffer.from(publicKey);
      last = { bytes, key: nodeCrypto.createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: 'der', type: 'spki' }) };
    }
    return last.key;
  };
}

const nonceBytes = 12;
const tagBytes = 16;

function seal(key: Uint8Array, bytes: Uint8Array, context: string): Uint8Array {
  requireKeyBytes(key, 'an AES-256 key');
  const nonce = nodeCrypto.randomBytes(nonceBytes);
  const cipher = nodeCrypto.createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array | null {
  if (key.length !== keyBytes || sealed.length < nonceBytes + tagBytes) return null;
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = nodeCrypto.createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    return null;
  }
}

/** SHA-256, Ed25519 (RFC 8032) and AES-256-GCM (NIST SP 800-38D) of Node's own OpenSSL. */
export function createNodeCrypto(): Crypto {
  const imported = keyImporter();
  return {
    sha256,
    sha256Hex: (bytes) => nodeCrypto.hash('sha256', bytes, 'hex'),
    runningSha256() {
      const hash = nodeCrypto.createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) };
    },
    sign: (privateSeed, message) => new Uint8Array(nodeCrypto.sign(null, message, privateKeyOf(privateSeed))),
    verify(publicKey, message, signature) {
      if (publicKey.length !== keyBytes || signature.length !== 64) return false;
      return nodeCrypto.verify(null, message, imported(publicKey), signature);
    },
    randomBytes: (count) => new Uint8Array(nodeCrypto.randomBytes(count)),
    newKeyPair() {
      const { privateKey, publicKey } = nodeCrypto.generateKeyPairSync('ed25519');
      const privateSeed = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(pkcs8Prefix.length));
      return { privateSeed, publicKey: rawPublicKey(publicKey) };
    },
    publicKeyOf: (privateSeed) => rawPublicKey(nodeCrypto.createPublicKey(privateKeyOf(privateSeed))),
    seal,
    unseal,
  };
}

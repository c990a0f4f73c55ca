import { canonicalBytes } from './canonical-json.ts';

/** SHA-256, handed in by the caller: the domain touches no library of the runtime. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The same, as lower-case hexadecimal. */
export type Sha256Hex = (bytes: Uint8Array) => string;

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexDigits[byte];
  return text;
}

const nibble = (code: number): number => (code < 58 ? code - 48 : code - 87);

/** Bytes of an even-length lower-case hexadecimal string. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = (nibble(text.charCodeAt(2 * index)) << 4) | nibble(text.charCodeAt(2 * index + 1));
  return bytes;
}

/** Lower-case hexadecimal SHA-256 of the RFC 8785 bytes of a value. */
export function hashOfJson(sha256: Sha256, value: unknown): string {
  return toHex(sha256(canonicalBytes(value)));
}

/** 64 zeros: the `prevHash` of the first link of a chain. */
export const zeroHash = '0'.repeat(64);

import { canonicalBytes } from './canonical-json.ts';

/** SHA-256, handed in by the caller: the domain touches no library of the runtime. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The same, as lower-case hexadecimal. */
export type Sha256Hex = (bytes: Uint8Array) => string;

const digits = new TextEncoder().encode('0123456789abcdef');
/** Written over by each call: adding digit to digit would leave a string behind for each of them. */
const codes: number[] = [];

export function toHex(bytes: Uint8Array): string {
  codes.length = 2 * bytes.length;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    codes[2 * index] = digits[byte >> 4]!;
    codes[2 * index + 1] = digits[byte & 15]!;
  }
  return String.fromCharCode.apply(null, codes);
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

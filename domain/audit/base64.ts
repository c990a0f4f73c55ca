const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOf: ReadonlyMap<string, number> = new Map(alphabet.split('').map((letter, value) => [letter, value]));

const letters = new TextEncoder().encode(alphabet);
const padding = 0x3d;

/** One call takes so many bytes, whole triples: its letters are arguments, and those stand on the stack. */
const bytesAtOnce = 6_144;

function piece(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const triple = (bytes[index]! << 16) | ((left > 1 ? bytes[index + 1]! : 0) << 8) | (left > 2 ? bytes[index + 2]! : 0);
    codes.push(letters[triple >> 18]!, letters[(triple >> 12) & 63]!);
    codes.push(left > 1 ? letters[(triple >> 6) & 63]! : padding, left > 2 ? letters[triple & 63]! : padding);
  }
  return String.fromCharCode.apply(null, codes);
}

/** Standard base 64 with padding (RFC 4648 section 4): of keys and signatures, and of whole messages. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += bytesAtOnce) text += piece(bytes.subarray(from, from + bytesAtOnce));
  return text;
}

/** Bytes of a canonical base 64 text; null for anything else: blanks, missing padding, stray bits behind the last byte. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padded = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padded);
  let buffered = 0;
  let bits = 0;
  let written = 0;
  for (let index = 0; index < text.length - padded; index++) {
    const value = valueOf.get(text[index]!);
    if (value === undefined) return null;
    buffered = ((buffered << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[written++] = (buffered >> bits) & 0xff;
    }
  }
  return toBase64(bytes) === text ? bytes : null;
}

const bits = new DataView(new ArrayBuffer(8));
const bias = 1023;

/** The whole e with 2^e <= value < 2^(e + 1), for a positive number; -1023 for one below the smallest normal number. */
export function exponentOf(value: number): number {
  bits.setFloat64(0, value);
  return ((bits.getUint16(0) >> 4) & 0x7ff) - bias;
}

/** 2^exponent, exactly; the exponent is whole and within those of normal numbers. */
export function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + bias) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

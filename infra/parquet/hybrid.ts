/**
 * Parquet's hybrid of run-length and bit-packed integers: definition levels and dictionary indices.
 * Returns null when the runs do not fit the count or the bytes: nothing is written beyond `count`.
 */
export function readHybrid(bytes: Uint8Array, start: number, end: number, bitWidth: number, count: number): Int32Array | null {
  if (bitWidth > 24) return null;
  const values = new Int32Array(count);
  let position = start;
  let filled = 0;
  while (filled < count) {
    let head = 0;
    let byte = 128;
    for (let shift = 0; byte >= 128; shift += 7) {
      if (position >= end || shift > 28) return null;
      byte = bytes[position++]!;
      head += (byte & 127) * 2 ** shift;
    }
    if (head % 2 === 0) {
      const run = head / 2;
      const width = Math.ceil(bitWidth / 8);
      if (run === 0 || run > count - filled || position + width > end) return null;
      let value = 0;
      for (let at = 0; at < width; at++) value += bytes[position++]! * 2 ** (8 * at);
      values.fill(value, filled, filled + run);
      filled += run;
      continue;
    }
    // Groups of eight; the last one may be padded beyond the count.
    const packed = ((head - 1) / 2) * 8;
    if (packed === 0 || packed - 8 >= count - filled || position + (packed / 8) * bitWidth > end) return null;
    unpack(bytes, position, bitWidth, values.subarray(filled, Math.min(count, filled + packed)));
    position += (packed / 8) * bitWidth;
    filled += packed;
  }
  return values;
}

function unpack(bytes: Uint8Array, start: number, bitWidth: number, values: Int32Array): void {
  const mask = 2 ** bitWidth - 1;
  for (let index = 0; index < values.length; index++) {
    const bit = index * bitWidth;
    const at = start + Math.floor(bit / 8);
    const window = (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256 + (bytes[at + 2] ?? 0) * 65_536 + (bytes[at + 3] ?? 0) * 16_777_216;
    values[index] = Math.floor(window / 2 ** (bit % 8)) & mask;
  }
}

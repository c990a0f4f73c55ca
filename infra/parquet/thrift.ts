import { refuseParquet, type ParquetSource } from './source.ts';

/** Fields of a struct by their numbers; texts and lists are stepped over, only numbers, booleans and structs are kept. */
export type ThriftStruct = ReadonlyMap<number, number | bigint | boolean | ThriftStruct>;

const depthMax = 16;

/**
 * Steps through Apache Thrift's compact protocol. A length is never trusted: each element costs at least a byte of the input,
 * so a list that claims more elements than bytes are left is refused before anything is allocated for it.
 */
export class ThriftReader {
  position: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private readonly source: ParquetSource;

  constructor(bytes: Uint8Array, position: number, end: number, source: ParquetSource) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.source = source;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > depthMax) refuseParquet(this.source, `metadata nested deeper than ${depthMax}`);
    const fields = new Map<number, number | bigint | boolean | ThriftStruct>();
    let field = 0;
    for (;;) {
      const head = this.byte();
      if (head === 0) return fields;
      const delta = head >> 4;
      field = delta === 0 ? Number(this.zigzag()) : field + delta;
      const value = this.value(head & 15, depth, false);
      if (value !== undefined) fields.set(field, value);
    }
  }

  private byte(): number {
    if (this.position >= this.end) refuseParquet(this.source, 'metadata are cut off');
    return this.bytes[this.position++]!;
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return refuseParquet(this.source, 'metadata hold an integer of more than ten bytes');
  }

  private zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  private skip(length: bigint): undefined {
    if (length > BigInt(this.end - this.position)) {
      refuseParquet(this.source, `metadata announce ${length} bytes or elements where ${this.end - this.position} bytes are left`);
    }
    this.position += Number(length);
    return undefined;
  }

  private value(type: number, depth: number, inList: boolean): number | bigint | boolean | ThriftStruct | undefined {
    switch (type) {
      case 1:
      case 2:
        return inList ? this.byte() === 1 : type === 1;
      case 3:
        return this.byte();
      case 4:
      case 5:
        return Number(this.zigzag());
      case 6:
        return this.zigzag();
      case 7:
        return this.skip(8n);
      case 8:
        return this.skip(this.varint());
      case 9:
      case 10:
        return this.list(depth);
      case 12:
        return this.struct(depth + 1);
      default:
        return refuseParquet(this.source, `metadata hold an unknown type ${type}`);
    }
  }

  private list(depth: number): undefined {
    const head = this.byte();
    const size = head >> 4 === 15 ? this.varint() : BigInt(head >> 4);
    if (size > BigInt(this.end - this.position)) this.skip(size);
    if (depth >= depthMax) refuseParquet(this.source, `metadata nested deeper than ${depthMax}`);
    for (let index = 0; index < Number(size); index++) this.value(head & 15, depth + 1, true);
    return undefined;
  }
}

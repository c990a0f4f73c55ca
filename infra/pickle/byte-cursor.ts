import { LedgerError } from '../../domain/shared/errors.ts';

/** Says why a pickle is refused: the sentence, and evidence that locates it. */
export function refusePickle(
  file: string,
  why: string,
  evidence: { readonly opcode?: string; readonly name?: string; readonly offset?: number } = {},
): never {
  const place = evidence.offset === undefined ? '' : ` at byte ${evidence.offset}`;
  throw new LedgerError('PickleRefused', `${file}: ${why}${place}`, { evidence: { ...evidence }, at: { file } });
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lineBytesMax = 67_108_864;

/** Reads forwards through the bytes of a pickle; a length is compared with what is left before anything is taken. */
export class ByteCursor {
  position = 0;
  /** Where the opcode being read stands, and its name: for messages. */
  opcodeOffset = 0;
  opcode = '';
  readonly file: string;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.file = file;
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  refuse(why: string, name?: string): never {
    refusePickle(this.file, why, { opcode: this.opcode, offset: this.opcodeOffset, ...(name === undefined ? {} : { name }) });
  }

  /** The next bytes, as a view of the input: no copy is made. */
  take(length: number): Uint8Array {
    if (length > this.left) this.refuse(`${this.opcode} announces ${length} bytes and ${this.left} are left`);
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  u16(): number {
    this.take(2);
    return this.view.getUint16(this.position - 2, true);
  }

  i32(): number {
    this.take(4);
    return this.view.getInt32(this.position - 4, true);
  }

  u32(): number {
    this.take(4);
    return this.view.getUint32(this.position - 4, true);
  }

  /** An eight-byte length. */
  length8(): number {
    this.take(8);
    const length = this.view.getBigUint64(this.position - 8, true);
    if (length > BigInt(this.left)) this.refuse(`${this.opcode} announces ${length} bytes and ${this.left} are left`);
    return Number(length);
  }

  /** Big-endian, as pickle has it. */
  f64(): number {
    this.take(8);
    return this.view.getFloat64(this.position - 8, false);
  }

  text(length: number): string {
    try {
      return strictUtf8.decode(this.take(length));
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      return this.refuse(`${this.opcode} holds a text that is not UTF-8`);
    }
  }

  /** The bytes up to the next line feed, read one character a byte (Latin-1), as protocols 0 and 1 write them. */
  line(charactersMax = lineBytesMax): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) this.refuse(`${this.opcode} has no end of line`);
    if (end - this.position > charactersMax) this.refuse(`${this.opcode} has a line of ${end - this.position} characters`);
    const text = latin1(this.bytes.subarray(this.position, end));
    this.position = end + 1;
    return text;
  }
}

/** One character a byte. (`TextDecoder('latin1')` means windows-1252, which differs from 0x80 to 0x9F.) */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

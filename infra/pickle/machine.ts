import type { ByteCursor } from './byte-cursor.ts';
import type { Origin, PickleValue } from './values.ts';

/** Stack, marks and memo of the pickle machine, each bounded. */
export class Machine {
  readonly cursor: ByteCursor;
  /** The first name that is not on the list. */
  unlisted: Origin | null = null;
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo: PickleValue[] = [];

  constructor(cursor: ByteCursor) {
    this.cursor = cursor;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  /** Takes the topmost value; a mark shuts off what lies below it. */
  pop(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.cursor.refuse(`${this.cursor.opcode} finds the stack empty`);
    return this.stack.pop()!;
  }

  top(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.cursor.refuse(`${this.cursor.opcode} finds the stack empty`);
    return this.stack.at(-1)!;
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** Everything above the last mark. */
  popToMark(): PickleValue[] {
    const from = this.marks.pop();
    if (from === undefined) this.cursor.refuse(`${this.cursor.opcode} finds no mark`);
    return this.stack.splice(from);
  }

  /** Every pickler numbers its memo without gaps, so an honest pickle never skips an index. */
  remember(index: number): void {
    if (!Number.isInteger(index) || index < 0 || index > this.memo.length)
      this.cursor.refuse(`${this.cursor.opcode} uses memo index ${index}`);
    this.memo[index] = this.top();
  }

  rememberNext(): void {
    this.memo.push(this.top());
  }

  recall(index: number): void {
    const value = this.memo[index];
    if (value === undefined) this.cursor.refuse(`${this.cursor.opcode} asks for memo entry ${index}, which was never stored`);
    this.push(value);
  }
}

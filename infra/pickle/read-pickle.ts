import { limits } from '../../domain/shared/limits.ts';
import { ByteCursor, refusePickle } from './byte-cursor.ts';
import { Machine } from './machine.ts';
import { opcodes } from './opcodes.ts';
import type { PickleValue } from './values.ts';

/** No honest pickle holds such an opcode: if it named something strange before, that is what somebody should look at. */
function refuseOpcode({ cursor, unlisted }: Machine): never {
  const why = `opcode ${cursor.opcode} is refused: no Series or DataFrame needs it`;
  if (unlisted === null) return cursor.refuse(why);
  return refusePickle(
    cursor.file,
    `${why}; ${unlisted.opcode} names ${unlisted.name}, which is not on the list of pandas and numpy names`,
    unlisted,
  );
}

/**
 * Reads pickle protocols 0 to 5 into inert data. A name outside the list is a node without meaning; no opcode is accepted that no series
 * needs, and no more than `limits.pickleOperationsMax` operations are done, so time and memory are bounded by the file's size.
 * Errors: PickleRefused with opcode, name and byte offset.
 */
export function readPickle(bytes: Uint8Array, file: string): PickleValue {
  if (bytes.length > limits.pickleBytesMax)
    refusePickle(file, `a pickle of ${bytes.length} bytes, at most ${limits.pickleBytesMax} are read`);
  const cursor: ByteCursor = new ByteCursor(bytes, file);
  const machine = new Machine(cursor);
  for (let operations = 0; operations < limits.pickleOperationsMax; operations++) {
    cursor.opcodeOffset = cursor.position;
    cursor.opcode = 'the end of the file';
    if (cursor.left === 0) cursor.refuse('the pickle ends without STOP');
    const code = cursor.u8();
    if (code === 0x2e) {
      cursor.opcode = 'STOP';
      return machine.pop();
    }
    const opcode = opcodes.get(code);
    cursor.opcode = opcode?.name ?? `0x${code.toString(16).padStart(2, '0')}`;
    if (opcode === undefined) cursor.refuse(`${cursor.opcode} is not an opcode of a pickle`);
    if (opcode.run === null) refuseOpcode(machine);
    opcode.run(machine);
  }
  return cursor.refuse(`more than ${limits.pickleOperationsMax} operations`);
}

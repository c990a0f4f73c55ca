import { allowedName, callable, constructible, type AllowedName } from './allowed-names.ts';
import type { ByteCursor } from './byte-cursor.ts';
import type { Machine } from './machine.ts';
import { type Dict, type Foreign, isNode, itemsOf, type PickleValue } from './values.ts';

/** One opcode: its name in Python's `pickletools`, and what it does; null where it is refused by name. */
export interface Opcode {
  readonly name: string;
  readonly run: ((machine: Machine) => void) | null;
}

const longDigitsMax = 40;

/** A little-endian two's-complement integer; a plain number where that is exact. */
function longOf(machine: Machine, length: number): number | bigint {
  if (length > 16) machine.cursor.refuse(`${machine.cursor.opcode} holds an integer of ${length} bytes`);
  const bytes = machine.cursor.take(length);
  let value = 0n;
  for (let at = length - 1; at >= 0; at--) value = value * 256n + BigInt(bytes[at]!);
  if (length > 0 && bytes[length - 1]! >= 128) value -= 1n << BigInt(8 * length);
  return narrow(value);
}

function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function decimalOf(machine: Machine, text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text) || text.length > longDigitsMax)
    machine.cursor.refuse(`${machine.cursor.opcode} holds ${JSON.stringify(text.slice(0, 40))}`);
  return narrow(BigInt(text.replace('+', '')));
}

/** Python's raw-unicode-escape: only `\uXXXX` and `\UXXXXXXXX` are escapes. */
function unescaped(machine: Machine, text: string): string {
  return text.replaceAll(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short: string | undefined, long: string | undefined) => {
    const point = Number.parseInt(short ?? long!, 16);
    return point > 0x10_ff_ff ? machine.cursor.refuse('UNICODE holds an impossible character') : String.fromCodePoint(point);
  });
}

/** A name of the list, or one that may only stand beside the numbers. */
function pushName(machine: Machine, module: string, name: string): void {
  const allowed = allowedName(module, name);
  const { opcode, opcodeOffset: offset } = machine.cursor;
  const shown = `${module}.${name}`.slice(0, 120);
  if (allowed !== undefined) return machine.push({ kind: 'name', name: allowed });
  const origin = { opcode, name: shown, offset };
  machine.unlisted ??= origin;
  machine.push({ kind: 'foreign', name: shown, args: null, origin });
}

const getattr = /^(?:builtins|__builtin__)\.getattr$/;

/** What a name that is not on the list would have made; `getattr` of such a name is another name. */
function foreignCall(maker: Foreign, args: readonly PickleValue[]): Foreign {
  const [owner, attribute] = args;
  if (getattr.test(maker.name) && maker.args === null && isNode(owner, 'foreign') && typeof attribute === 'string')
    return { ...owner, name: `${owner.name}.${attribute}`.slice(0, 120) };
  return { ...maker, args };
}

/** What would be made: a node, and nothing more. */
function make(machine: Machine, allowed: ReadonlySet<AllowedName>): void {
  const args = machine.pop();
  const maker = machine.pop();
  const cursor: ByteCursor = machine.cursor;
  if (!isNode(args, 'tuple')) cursor.refuse(`${cursor.opcode} has arguments that are not a tuple`);
  if (isNode(maker, 'foreign')) return machine.push(foreignCall(maker, args.items));
  if (!isNode(maker, 'name')) cursor.refuse(`${cursor.opcode} applies something that is not a name`);
  if (!allowed.has(maker.name)) cursor.refuse(`${cursor.opcode} applies ${maker.name}`, maker.name);
  // copyreg's way to make an empty object in protocols 0 and 1: the class stands first among the arguments.
  const made = maker.name === 'reconstructObject' ? args.items[0] : undefined;
  if (maker.name !== 'reconstructObject') machine.push({ kind: 'made', maker: maker.name, args: args.items, state: undefined });
  else if (isNode(made, 'foreign')) machine.push({ ...made, args: args.items });
  else if (isNode(made, 'name') && constructible.has(made.name))
    machine.push({ kind: 'made', maker: made.name, args: [], state: undefined });
  else cursor.refuse(`${cursor.opcode} reconstructs something that is not a pandas object`);
}

/** Python writes it for classes with arguments by name, none of which is on the list. */
function makeWithNames(machine: Machine): void {
  machine.pop();
  const args = machine.pop();
  const maker = machine.pop();
  if (!isNode(maker, 'foreign')) machine.cursor.refuse(`opcode ${machine.cursor.opcode} is refused: no Series or DataFrame needs it`);
  machine.push(foreignCall(maker, itemsOf(args) ?? []));
}

/** A set: no Series or DataFrame needs one, and an attribute may be one. */
function pushSet(machine: Machine): void {
  const { opcode, opcodeOffset: offset } = machine.cursor;
  machine.push({ kind: 'foreign', name: 'set', args: [], origin: { opcode, name: 'set', offset } });
}

function pushFrozenSet(machine: Machine): void {
  machine.popToMark();
  pushSet(machine);
}

function build(machine: Machine): void {
  const state = machine.pop();
  const target = machine.top();
  // The state of what is not on the list is nobody's concern.
  if (isNode(target, 'foreign')) return;
  if (!isNode(target, 'made')) machine.cursor.refuse('BUILD fills something that is not a pandas or numpy object');
  if (target.state !== undefined) machine.cursor.refuse(`BUILD fills ${target.maker} a second time`, target.maker);
  target.state = state;
}

function append(machine: Machine, items: readonly PickleValue[]): void {
  const target = machine.top();
  if (isNode(target, 'foreign')) return;
  if (!isNode(target, 'list')) machine.cursor.refuse(`${machine.cursor.opcode} appends to something that is not a list`);
  for (const item of items) target.items.push(item);
}

function setItems(machine: Machine, items: readonly PickleValue[], target: PickleValue | Dict): void {
  if (isNode(target, 'foreign')) return;
  if (!isNode(target, 'dict')) machine.cursor.refuse(`${machine.cursor.opcode} sets items of something that is not a dictionary`);
  if (items.length % 2 !== 0) machine.cursor.refuse(`${machine.cursor.opcode} has a key without a value`);
  for (let at = 0; at < items.length; at += 2) {
    target.keys.push(items[at]!);
    target.values.push(items[at + 1]!);
  }
}

function pushDict(machine: Machine, items: readonly PickleValue[]): void {
  const dict: Dict = { kind: 'dict', keys: [], values: [] };
  setItems(machine, items, dict);
  machine.push(dict);
}

function pushTuple2(machine: Machine): void {
  const second = machine.pop();
  machine.push({ kind: 'tuple', items: [machine.pop(), second] });
}

function pushTuple3(machine: Machine): void {
  const third = machine.pop();
  const second = machine.pop();
  machine.push({ kind: 'tuple', items: [machine.pop(), second, third] });
}

function intOfLine(machine: Machine): boolean | number | bigint {
  const text = machine.cursor.line(longDigitsMax);
  return text === '00' ? false : text === '01' ? true : decimalOf(machine, text);
}

function floatOfLine(machine: Machine): number {
  const text = machine.cursor.line(longDigitsMax);
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text)) machine.cursor.refuse(`FLOAT holds ${JSON.stringify(text)}`);
  return Number(text);
}

function stackGlobal(machine: Machine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') machine.cursor.refuse('STACK_GLOBAL finds no texts on the stack');
  pushName(machine, module, name);
}

function protocol(machine: Machine): void {
  const version = machine.cursor.u8();
  if (version > 5) machine.cursor.refuse(`protocol ${version} is not known`);
}

const table: readonly (readonly [code: number, name: string, run: ((machine: Machine) => void) | null])[] = [
  [0x80, 'PROTO', protocol],
  [0x95, 'FRAME', (machine) => void machine.cursor.length8()],
  [0x28, 'MARK', (machine) => machine.mark()],

  [0x70, 'PUT', (machine) => machine.remember(Number(machine.cursor.line(longDigitsMax)))],
  [0x71, 'BINPUT', (machine) => machine.remember(machine.cursor.u8())],
  [0x72, 'LONG_BINPUT', (machine) => machine.remember(machine.cursor.u32())],
  [0x94, 'MEMOIZE', (machine) => machine.rememberNext()],
  [0x67, 'GET', (machine) => machine.recall(Number(machine.cursor.line(longDigitsMax)))],
  [0x68, 'BINGET', (machine) => machine.recall(machine.cursor.u8())],
  [0x6a, 'LONG_BINGET', (machine) => machine.recall(machine.cursor.u32())],

  [0x4e, 'NONE', (machine) => machine.push(null)],
  [0x88, 'NEWTRUE', (machine) => machine.push(true)],
  [0x89, 'NEWFALSE', (machine) => machine.push(false)],
  [0x49, 'INT', (machine) => machine.push(intOfLine(machine))],
  [0x4c, 'LONG', (machine) => machine.push(decimalOf(machine, machine.cursor.line(longDigitsMax).replace(/L$/, '')))],
  [0x4a, 'BININT', (machine) => machine.push(machine.cursor.i32())],
  [0x4b, 'BININT1', (machine) => machine.push(machine.cursor.u8())],
  [0x4d, 'BININT2', (machine) => machine.push(machine.cursor.u16())],
  [0x8a, 'LONG1', (machine) => machine.push(longOf(machine, machine.cursor.u8()))],
  [0x8b, 'LONG4', (machine) => machine.push(longOf(machine, machine.cursor.u32()))],
  [0x46, 'FLOAT', (machine) => machine.push(floatOfLine(machine))],
  [0x47, 'BINFLOAT', (machine) => machine.push(machine.cursor.f64())],

  [0x56, 'UNICODE', (machine) => machine.push(unescaped(machine, machine.cursor.line()))],
  [0x8c, 'SHORT_BINUNICODE', (machine) => machine.push(machine.cursor.text(machine.cursor.u8()))],
  [0x58, 'BINUNICODE', (machine) => machine.push(machine.cursor.text(machine.cursor.u32()))],
  [0x8d, 'BINUNICODE8', (machine) => machine.push(machine.cursor.text(machine.cursor.length8()))],
  [0x43, 'SHORT_BINBYTES', (machine) => machine.push(machine.cursor.take(machine.cursor.u8()))],
  [0x42, 'BINBYTES', (machine) => machine.push(machine.cursor.take(machine.cursor.u32()))],
  [0x8e, 'BINBYTES8', (machine) => machine.push(machine.cursor.take(machine.cursor.length8()))],
  [0x96, 'BYTEARRAY8', (machine) => machine.push(machine.cursor.take(machine.cursor.length8()))],

  [0x29, 'EMPTY_TUPLE', (machine) => machine.push({ kind: 'tuple', items: [] })],
  [0x85, 'TUPLE1', (machine) => machine.push({ kind: 'tuple', items: [machine.pop()] })],
  [0x86, 'TUPLE2', pushTuple2],
  [0x87, 'TUPLE3', pushTuple3],
  [0x74, 'TUPLE', (machine) => machine.push({ kind: 'tuple', items: machine.popToMark() })],
  [0x5d, 'EMPTY_LIST', (machine) => machine.push({ kind: 'list', items: [] })],
  [0x6c, 'LIST', (machine) => machine.push({ kind: 'list', items: machine.popToMark() })],
  [0x61, 'APPEND', (machine) => append(machine, [machine.pop()])],
  [0x65, 'APPENDS', (machine) => append(machine, machine.popToMark())],
  [0x7d, 'EMPTY_DICT', (machine) => pushDict(machine, [])],
  [0x64, 'DICT', (machine) => pushDict(machine, machine.popToMark())],
  [0x73, 'SETITEM', setOne],
  [0x75, 'SETITEMS', setMany],

  [0x63, 'GLOBAL', (machine) => pushName(machine, machine.cursor.line(), machine.cursor.line())],
  [0x93, 'STACK_GLOBAL', stackGlobal],
  [0x52, 'REDUCE', (machine) => make(machine, callable)],
  [0x81, 'NEWOBJ', (machine) => make(machine, constructible)],
  [0x92, 'NEWOBJ_EX', makeWithNames],
  [0x62, 'BUILD', build],

  [0x8f, 'EMPTY_SET', pushSet],
  [0x90, 'ADDITEMS', (machine) => void machine.popToMark()],
  [0x91, 'FROZENSET', pushFrozenSet],

  // None of these occurs in a pickle of a Series or DataFrame by Python 3.
  [0x69, 'INST', null],
  [0x6f, 'OBJ', null],
  [0x50, 'PERSID', null],
  [0x51, 'BINPERSID', null],
  [0x82, 'EXT1', null],
  [0x83, 'EXT2', null],
  [0x84, 'EXT4', null],
  [0x97, 'NEXT_BUFFER', null],
  [0x98, 'READONLY_BUFFER', null],
  [0x30, 'POP', null],
  [0x31, 'POP_MARK', null],
  [0x32, 'DUP', null],
  [0x53, 'STRING', null],
  [0x54, 'BINSTRING', null],
  [0x55, 'SHORT_BINSTRING', null],
];

function setOne(machine: Machine): void {
  const value = machine.pop();
  const key = machine.pop();
  setItems(machine, [key, value], machine.top());
}

function setMany(machine: Machine): void {
  const items = machine.popToMark();
  setItems(machine, items, machine.top());
}

/** Opcode by its byte. */
export const opcodes: ReadonlyMap<number, Opcode> = new Map(table.map(([code, name, run]) => [code, { name, run }]));

import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { readPickle } from '../../../infra/pickle/read-pickle.ts';
import { refusalOf } from '../../support/refusal.ts';

/** A pickle, one character a byte. Opcodes as in Python's `pickletools`. */
const read = (text: string): unknown => readPickle(Buffer.from(text, 'latin1'), 'a.pkl');
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const zeros = (count: number): string => '\0'.repeat(count);
const foreign = (name: string, args: unknown = null, at: [opcode: string, offset: number, named?: string] = ['GLOBAL', 0]): object => ({
  kind: 'foreign',
  name,
  args,
  origin: { opcode: at[0], name: at[2] ?? name, offset: at[1] },
});
const made = (maker: string, args: unknown[] = [], state?: unknown): object => ({ kind: 'made', maker, args, state });
const tuple = (...items: unknown[]): object => ({ kind: 'tuple', items });
const list = (...items: unknown[]): object => ({ kind: 'list', items });

describe('a pickle of one value', () => {
  test.each<[string, string, unknown]>([
    ['PROTO 0', '\x80\x00N.', null],
    ['PROTO 5', '\x80\x05N.', null],
    ['FRAME', `\x95\x02${zeros(7)}N.`, null],
    ['NONE', 'N.', null],
    ['NEWTRUE', '\x88.', true],
    ['NEWFALSE', '\x89.', false],
    ['INT 00', 'I00\n.', false],
    ['INT 01', 'I01\n.', true],
    ['INT 0', 'I0\n.', 0],
    ['INT 1', 'I1\n.', 1],
    ['INT with a sign', 'I-12\n.', -12],
    ['INT with a plus', 'I+12\n.', 12],
    ['INT of forty digits', `I${'9'.repeat(40)}\n.`, BigInt('9'.repeat(40))],
    ['LONG', 'L123L\n.', 123],
    ['LONG without its letter', 'L-9\n.', -9],
    ['LONG, the largest exact', 'L9007199254740991L\n.', 9_007_199_254_740_991],
    ['LONG beyond it', 'L9007199254740992L\n.', 9_007_199_254_740_992n],
    ['LONG, the least exact', 'L-9007199254740991L\n.', -9_007_199_254_740_991],
    ['LONG below it', 'L-9007199254740992L\n.', -9_007_199_254_740_992n],
    ['BININT', 'J\xfe\xff\xff\xff.', -2],
    ['BININT of four bytes', 'J\x01\x02\x03\x04.', 0x04_03_02_01],
    ['BININT1', 'K\xff.', 255],
    ['BININT2', 'M\x01\xff.', 65_281],
    ['LONG1 of no bytes', '\x8a\x00.', 0],
    ['LONG1 of 127', '\x8a\x01\x7f.', 127],
    ['LONG1 of -128', '\x8a\x01\x80.', -128],
    ['LONG1 of 128', '\x8a\x02\x80\x00.', 128],
    ['LONG1 of two bytes', '\x8a\x02\x01\x02.', 513],
    ['LONG1 of sixteen bytes', `\x8a\x10${zeros(15)}\x40.`, 1n << 126n],
    ['LONG4', '\x8b\x02\0\0\0\xff\xff.', -1],
    ['FLOAT', 'F1.5\n.', 1.5],
    ['FLOAT without digits behind its point', 'F2.\n.', 2],
    ['FLOAT with a sign and an exponent', 'F-1.25E+2\n.', -125],
    ['FLOAT with a plain exponent', 'F+12e10\n.', 12e10],
    ['FLOAT with a small exponent', 'F1e-12\n.', 1e-12],
    ['FLOAT nan', 'FNaN\n.', Number.NaN],
    ['BINFLOAT', 'G\x3f\xf8\0\0\0\0\0\0.', 1.5],
    ['UNICODE', 'Vab\\u20ac\\U0001F600\xe9\n.', 'ab€\u{1f600}é'],
    ['UNICODE, the last character', 'V\\U0010ffff\n.', '\u{10ffff}'],
    ['UNICODE with what is no escape', 'V\\n\\u12\n.', '\\n\\u12'],
    ['UNICODE of a control character', 'V\x85\n.', '\u0085'],
    ['SHORT_BINUNICODE', '\x8c\x02\xc3\xa9.', 'é'],
    ['BINUNICODE with a mark of order', 'X\x04\0\0\0\xef\xbb\xbfa.', '\ufeffa'],
    ['BINUNICODE8', `\x8d\x01${zeros(7)}a.`, 'a'],
    ['SHORT_BINBYTES', 'C\x02\x00\xff.', bytes(0, 255)],
    ['BINBYTES', 'B\x01\0\0\0\x07.', bytes(7)],
    ['BINBYTES8', `\x8e\x01${zeros(7)}\x07.`, bytes(7)],
    ['BYTEARRAY8', `\x96\x00${zeros(7)}.`, bytes()],
    ['EMPTY_TUPLE', ').', tuple()],
    ['TUPLE1', 'K\x01\x85.', tuple(1)],
    ['TUPLE2', 'K\x01K\x02\x86.', tuple(1, 2)],
    ['TUPLE3', 'K\x01K\x02K\x03\x87.', tuple(1, 2, 3)],
    ['TUPLE', '(K\x01K\x02K\x03K\x04t.', tuple(1, 2, 3, 4)],
    ['EMPTY_LIST', '].', list()],
    ['LIST', '(K\x01K\x02l.', list(1, 2)],
    ['APPEND', ']K\x01a.', list(1)],
    ['APPENDS', '](K\x01K\x02e.', list(1, 2)],
    ['marks within marks', '(K\x01(K\x02tt.', tuple(1, tuple(2))],
    ['EMPTY_DICT', '}.', { kind: 'dict', keys: [], values: [] }],
    ['DICT', '(K\x01K\x02K\x03K\x04d.', { kind: 'dict', keys: [1, 3], values: [2, 4] }],
    ['SETITEM', '}K\x01K\x02s.', { kind: 'dict', keys: [1], values: [2] }],
    ['SETITEMS', '}(K\x01K\x02K\x03K\x04u.', { kind: 'dict', keys: [1, 3], values: [2, 4] }],
    ['PUT and GET', 'K\x07p0\nK\x08p1\ng0\n\x87.', tuple(7, 8, 7)],
    ['BINPUT and BINGET', 'K\x07q\x00K\x08q\x01h\x01\x87.', tuple(7, 8, 8)],
    ['LONG_BINPUT and LONG_BINGET', `K\x07r${zeros(4)}K\x08j${zeros(4)}\x87.`, tuple(7, 8, 7)],
    ['MEMOIZE', 'K\x07\x94K\x08\x94h\x01\x87.', tuple(7, 8, 8)],
    ['a memo that is written again', 'K\x07q\x00K\x08q\x00h\x00\x87.', tuple(7, 8, 8)],
    ['GLOBAL', 'cnumpy\ndtype\n.', { kind: 'name', name: 'dtype' }],
    ['GLOBAL off the list', 'cos\nsystem\n.', foreign('os.system')],
    ['STACK_GLOBAL', '\x8c\x05numpy\x8c\x05dtype\x93.', { kind: 'name', name: 'dtype' }],
    ['STACK_GLOBAL off the list', '\x8c\x02os\x8c\x06system\x93.', foreign('os.system', null, ['STACK_GLOBAL', 12])],
    ['a long name is cut', `c${'m'.repeat(119)}\nlong\n.`, foreign(`${'m'.repeat(119)}.`)],
    ['REDUCE', 'cbuiltins\nslice\nK\x01K\x02\x86R.', made('slice', [1, 2])],
    ['NEWOBJ', 'cpandas\nSeries\n)\x81.', made('Series')],
    ['REDUCE off the list', 'cos\nsystem\nK\x01\x85R.', foreign('os.system', [1])],
    ['NEWOBJ off the list', 'cm\nC\n)\x81.', foreign('m.C', [])],
    ['NEWOBJ_EX off the list', 'cm\nC\nK\x01\x85}\x92.', foreign('m.C', [1])],
    ['NEWOBJ_EX without a tuple', 'cm\nC\nN}\x92.', foreign('m.C', [])],
    ['BUILD', 'cpandas\nSeries\n)\x81K\x05b.', made('Series', [], 5)],
    ['BUILD off the list', 'cm\nC\n)\x81K\x05b.', foreign('m.C', [])],
    ['APPEND to what is off the list', 'cm\nC\n)\x81K\x05a.', foreign('m.C', [])],
    ['SETITEM of what is off the list', 'cm\nC\n)\x81K\x05K\x06s.', foreign('m.C', [])],
    ['SETITEMS of what is off the list', 'cm\nC\n)\x81(K\x05u.', foreign('m.C', [])],
    ['getattr of what is off the list', 'cbuiltins\ngetattr\n(cm\nC\n\x8c\x01atR.', foreign('m.C.a', null, ['GLOBAL', 19, 'm.C'])],
    ['getattr of Python 2', 'c__builtin__\ngetattr\n(cm\nC\n\x8c\x01atR.', foreign('m.C.a', null, ['GLOBAL', 22, 'm.C'])],
    ['getattr by a number', 'cbuiltins\ngetattr\n(cm\nC\nK\x01tR.', foreign('builtins.getattr', [foreign('m.C', null, ['GLOBAL', 19]), 1])],
    ['getattr of a number', 'cbuiltins\ngetattr\n(K\x01\x8c\x01atR.', foreign('builtins.getattr', [1, 'a'])],
    [
      'another getattr',
      'cmy.builtins\ngetattr\n(cm\nC\n\x8c\x01atR.',
      foreign('my.builtins.getattr', [foreign('m.C', null, ['GLOBAL', 22]), 'a']),
    ],
    [
      'another name that begins so',
      'cbuiltins\ngetattrs\n(cm\nC\n\x8c\x01atR.',
      foreign('builtins.getattrs', [foreign('m.C', null, ['GLOBAL', 20]), 'a']),
    ],
    [
      'a call of what getattr made',
      'cbuiltins\ngetattr\n)R(cm\nC\n\x8c\x01atR.',
      foreign('builtins.getattr', [foreign('m.C', null, ['GLOBAL', 21]), 'a']),
    ],
    [
      'a long attribute is cut',
      `cbuiltins\ngetattr\n(cm\nC\n\x8c\x7f${'a'.repeat(127)}tR.`,
      foreign(`m.C.${'a'.repeat(116)}`, null, ['GLOBAL', 19, 'm.C']),
    ],
    ['copyreg', 'ccopyreg\n_reconstructor\n(cpandas\nSeries\ncbuiltins\nobject\nNtR.', made('Series')],
    ['copyreg of Python 2', 'ccopy_reg\n_reconstructor\n(cpandas\nDataFrame\ncbuiltins\nobject\nNtR.', made('DataFrame')],
    [
      'copyreg of what is off the list',
      'ccopyreg\n_reconstructor\n(cm\nC\nNtR.',
      foreign('m.C', [foreign('m.C', null, ['GLOBAL', 25]), null], ['GLOBAL', 25]),
    ],
    ['EMPTY_SET', '\x8f.', foreign('set', [], ['EMPTY_SET', 0])],
    ['ADDITEMS', '\x8f(K\x01\x90.', foreign('set', [], ['EMPTY_SET', 0])],
    ['FROZENSET', '(K\x01\x91.', foreign('set', [], ['FROZENSET', 3])],
  ])('%s', (_, pickle, value) => {
    expect(read(pickle)).toEqual(value);
  });
});

describe('a pickle is refused', () => {
  test.each<[string, string, string, object]>([
    ['without STOP', 'N', 'the pickle ends without STOP at byte 1', { opcode: 'the end of the file', offset: 1 }],
    ['that is empty', '', 'the pickle ends without STOP at byte 0', { opcode: 'the end of the file', offset: 0 }],
    ['with nothing to give', '.', 'STOP finds the stack empty at byte 0', { opcode: 'STOP', offset: 0 }],
    ['with an unknown opcode', 'N\x01.', '0x01 is not an opcode of a pickle at byte 1', { opcode: '0x01', offset: 1 }],
    ['of a later protocol', '\x80\x06N.', 'protocol 6 is not known at byte 0', { opcode: 'PROTO', offset: 0 }],
    ['that is cut off', 'B\x05\0\0\0ab', 'BINBYTES announces 5 bytes and 2 are left at byte 0', { opcode: 'BINBYTES', offset: 0 }],
    ['that is cut off in a number', 'J\0', 'BININT announces 4 bytes and 1 are left at byte 0', { opcode: 'BININT', offset: 0 }],
    [
      'with a frame beyond its end',
      `\x95\x03${zeros(7)}N.`,
      'FRAME announces 3 bytes and 2 are left at byte 0',
      { opcode: 'FRAME', offset: 0 },
    ],
    [
      'with a text that is not UTF-8',
      '\x8c\x01\xff.',
      'SHORT_BINUNICODE holds a text that is not UTF-8 at byte 0',
      { opcode: 'SHORT_BINUNICODE', offset: 0 },
    ],
    [
      'with a text that is cut off',
      '\x8c\x05a',
      'SHORT_BINUNICODE announces 5 bytes and 1 are left at byte 0',
      { opcode: 'SHORT_BINUNICODE', offset: 0 },
    ],
    ['without an end of line', 'I12', 'INT has no end of line at byte 0', { opcode: 'INT', offset: 0 }],
    ['with too long a line', `I${'1'.repeat(41)}\n.`, 'INT has a line of 41 characters at byte 0', { opcode: 'INT', offset: 0 }],
    ['with an INT that is none', 'I1x\n.', 'INT holds "1x" at byte 0', { opcode: 'INT', offset: 0 }],
    ['with an INT that begins otherwise', 'Ix1\n.', 'INT holds "x1" at byte 0', { opcode: 'INT', offset: 0 }],
    ['with an empty INT', 'I\n.', 'INT holds "" at byte 0', { opcode: 'INT', offset: 0 }],
    ['with a LONG that ends otherwise', 'L1LL\n.', 'LONG holds "1L" at byte 0', { opcode: 'LONG', offset: 0 }],
    ['with a FLOAT that is none', 'F1.2.3\n.', 'FLOAT holds "1.2.3" at byte 0', { opcode: 'FLOAT', offset: 0 }],
    ['with a FLOAT that begins otherwise', 'Fx1\n.', 'FLOAT holds "x1" at byte 0', { opcode: 'FLOAT', offset: 0 }],
    ['with a FLOAT without an exponent', 'F1e\n.', 'FLOAT holds "1e" at byte 0', { opcode: 'FLOAT', offset: 0 }],
    ['with a FLOAT without digits', 'F.5\n.', 'FLOAT holds ".5" at byte 0', { opcode: 'FLOAT', offset: 0 }],
    ['with what only begins like nan', 'Fnano\n.', 'FLOAT holds "nano" at byte 0', { opcode: 'FLOAT', offset: 0 }],
    ['with what only ends like nan', 'Fxnan\n.', 'FLOAT holds "xnan" at byte 0', { opcode: 'FLOAT', offset: 0 }],
    ['with an infinite FLOAT', 'Finf\n.', 'FLOAT holds "inf" at byte 0', { opcode: 'FLOAT', offset: 0 }],
    ['with too long an integer', `\x8a\x11${zeros(17)}.`, 'LONG1 holds an integer of 17 bytes at byte 0', { opcode: 'LONG1', offset: 0 }],
    [
      'with an impossible character',
      'V\\U00110000\n.',
      'UNICODE holds an impossible character at byte 0',
      { opcode: 'UNICODE', offset: 0 },
    ],
    ['with a pop below a mark', 'N(a.', 'APPEND finds the stack empty at byte 2', { opcode: 'APPEND', offset: 2 }],
    ['with a look below a mark', 'N(q\x00.', 'BINPUT finds the stack empty at byte 2', { opcode: 'BINPUT', offset: 2 }],
    ['without a mark', 'Nt.', 'TUPLE finds no mark at byte 1', { opcode: 'TUPLE', offset: 1 }],
    ['with a gap in its memo', 'Nq\x01.', 'BINPUT uses memo index 1 at byte 1', { opcode: 'BINPUT', offset: 1 }],
    ['with a negative memo index', 'Np-1\n.', 'PUT uses memo index -1 at byte 1', { opcode: 'PUT', offset: 1 }],
    ['with a broken memo index', 'Np0.5\n.', 'PUT uses memo index 0.5 at byte 1', { opcode: 'PUT', offset: 1 }],
    [
      'that recalls what was never stored',
      'Nh\x00.',
      'BINGET asks for memo entry 0, which was never stored at byte 1',
      { opcode: 'BINGET', offset: 1 },
    ],
    ['that appends to no list', 'NNa.', 'APPEND appends to something that is not a list at byte 2', { opcode: 'APPEND', offset: 2 }],
    [
      'that sets items of no dictionary',
      'NNNs.',
      'SETITEM sets items of something that is not a dictionary at byte 3',
      { opcode: 'SETITEM', offset: 3 },
    ],
    ['with a key without a value', '}(Nu.', 'SETITEMS has a key without a value at byte 3', { opcode: 'SETITEMS', offset: 3 }],
    [
      'with a name that is no text',
      'NK\x01\x93.',
      'STACK_GLOBAL finds no texts on the stack at byte 3',
      { opcode: 'STACK_GLOBAL', offset: 3 },
    ],
    [
      'with a module that is no text',
      'N\x8c\x01a\x93.',
      'STACK_GLOBAL finds no texts on the stack at byte 4',
      { opcode: 'STACK_GLOBAL', offset: 4 },
    ],
    [
      'with arguments that are no tuple',
      'cbuiltins\nslice\nNR.',
      'REDUCE has arguments that are not a tuple at byte 17',
      { opcode: 'REDUCE', offset: 17 },
    ],
    ['that applies no name', 'N)R.', 'REDUCE applies something that is not a name at byte 2', { opcode: 'REDUCE', offset: 2 }],
    [
      'that calls what is only constructed',
      'cpandas\nSeries\n)R.',
      'REDUCE applies Series at byte 16',
      { opcode: 'REDUCE', offset: 16, name: 'Series' },
    ],
    [
      'that constructs what is only called',
      'cnumpy\ndtype\n)\x81.',
      'NEWOBJ applies dtype at byte 14',
      { opcode: 'NEWOBJ', offset: 14, name: 'dtype' },
    ],
    [
      'that reconstructs no name',
      'ccopyreg\n_reconstructor\n)R.',
      'REDUCE reconstructs something that is not a pandas object at byte 25',
      { opcode: 'REDUCE', offset: 25 },
    ],
    [
      'that reconstructs what is only called',
      'ccopyreg\n_reconstructor\n(cnumpy\ndtype\ntR.',
      'REDUCE reconstructs something that is not a pandas object at byte 39',
      { opcode: 'REDUCE', offset: 39 },
    ],
    [
      'that names its arguments',
      'cpandas\nSeries\n)}\x92.',
      'opcode NEWOBJ_EX is refused: no Series or DataFrame needs it at byte 17',
      { opcode: 'NEWOBJ_EX', offset: 17 },
    ],
    [
      'that fills no object',
      'NNb.',
      'BUILD fills something that is not a pandas or numpy object at byte 2',
      { opcode: 'BUILD', offset: 2 },
    ],
    [
      'that fills twice',
      'cpandas\nSeries\n)\x81NbNb.',
      'BUILD fills Series a second time at byte 20',
      { opcode: 'BUILD', offset: 20, name: 'Series' },
    ],
    [
      'by what it named first',
      'cos\nsystem\ncm\nC\n0.',
      'opcode POP is refused: no Series or DataFrame needs it; GLOBAL names os.system, which is not on the list of pandas and numpy ' +
        'names at byte 0',
      { opcode: 'GLOBAL', name: 'os.system', offset: 0 },
    ],
  ])('%s', (_, pickle, message, evidence) => {
    const refusal = refusalOf(() => read(pickle));
    expect([refusal.code, refusal.message, refusal.evidence, refusal.at]).toEqual([
      'PickleRefused',
      `a.pkl: ${message}`,
      evidence,
      { file: 'a.pkl' },
    ]);
  });

  test.each(
    Object.entries({
      i: 'INST',
      o: 'OBJ',
      P: 'PERSID',
      Q: 'BINPERSID',
      '\x82': 'EXT1',
      '\x83': 'EXT2',
      '\x84': 'EXT4',
      '\x97': 'NEXT_BUFFER',
      '\x98': 'READONLY_BUFFER',
      '0': 'POP',
      '1': 'POP_MARK',
      '2': 'DUP',
      S: 'STRING',
      T: 'BINSTRING',
      U: 'SHORT_BINSTRING',
    }),
  )('for an opcode that no series needs: %j is %s', (code, name) => {
    const refusal = refusalOf(() => read(`N${code}.`));
    expect([refusal.message, refusal.evidence]).toEqual([
      `a.pkl: opcode ${name} is refused: no Series or DataFrame needs it at byte 1`,
      { opcode: name, offset: 1 },
    ]);
  });

  test('for its size and for its operations, and not one below', () => {
    const { pickleBytesMax, pickleOperationsMax } = limits;
    expect(refusalOf(() => readPickle(new Uint8Array(pickleBytesMax + 1), 'a.pkl')).message).toBe(
      'a.pkl: a pickle of 16777217 bytes, at most 16777216 are read',
    );
    expect(refusalOf(() => readPickle(new Uint8Array(pickleBytesMax), 'a.pkl')).message).toBe(
      'a.pkl: 0x00 is not an opcode of a pickle at byte 0',
    );
    expect(read(`${'N'.repeat(pickleOperationsMax - 1)}.`)).toBeNull();
    expect(refusalOf(() => read(`${'N'.repeat(pickleOperationsMax)}.`)).message).toMatch(/: more than 250000 operations at byte 249999$/);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { reportFigures } from '../support/figures.ts';
import * as fc from 'fast-check';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { parsePickledFrame } from '../../infra/pickle/pickled-returns.ts';
import { changedBytes } from '../support/changed-bytes.ts';

const marker = '/tmp/sleeve-ledger-was-here';
const heapBytesMax = 64 * 1024 * 1024;
/** Processor time, not the clock's, and ten times what a quiet machine needs: the figures themselves are reported. */
const processorMsMax = 1000;

const bytes = (...parts: readonly (string | number | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)));
const short = (text: string): number[] => [0x8c, text.length, ...Buffer.from(text)];
const proto4 = [0x80, 4];

interface Attack {
  readonly bytes: Uint8Array;
  readonly opcode: string;
  readonly name?: string;
  readonly offset: number;
}

/** Each written by hand from the opcode table of Python's `pickletools`; the ones that Python would run touch a marker file. */
const attacks: Readonly<Record<string, Attack>> = {
  'os.system through GLOBAL and REDUCE': {
    bytes: bytes('cos\nsystem\n', `(S'touch ${marker}'\n`, 'tR.'),
    opcode: 'GLOBAL',
    name: 'os.system',
    offset: 0,
  },
  'posix.system through STACK_GLOBAL': {
    bytes: bytes(proto4, short('posix'), short('system'), 0x93, short(`touch ${marker}`), 0x85, 'R.'),
    opcode: 'STACK_GLOBAL',
    name: 'posix.system',
    offset: 17,
  },
  'builtins.eval': {
    bytes: bytes(proto4, 'cbuiltins\neval\n', short('1'), 0x85, 'R.'),
    opcode: 'GLOBAL',
    name: 'builtins.eval',
    offset: 2,
  },
  'builtins.getattr, to walk to something else': {
    bytes: bytes('cbuiltins\ngetattr\n.'),
    opcode: 'GLOBAL',
    name: 'builtins.getattr',
    offset: 0,
  },
  'a dotted name below an allowed module': {
    bytes: bytes(proto4, short('pandas'), short('io.common.os.system'), 0x93, '.'),
    opcode: 'STACK_GLOBAL',
    name: 'pandas.io.common.os.system',
    offset: 31,
  },
  'a name of JavaScript instead': {
    bytes: bytes('cconstructor\nconstructor\n.'),
    opcode: 'GLOBAL',
    name: 'constructor.constructor',
    offset: 0,
  },
  'BUILD on something that is not an object': { bytes: bytes(proto4, ']}', short('__proto__'), 'Nsb.'), opcode: 'BUILD', offset: 17 },
  'INST, which names and calls at once': { bytes: bytes(`(S'touch ${marker}'\n`, 'ios\nsystem\n.'), opcode: 'STRING', offset: 1 },
  'INST without a text': { bytes: bytes('(ios\nsystem\n.'), opcode: 'INST', offset: 1 },
  OBJ: { bytes: bytes('(cpandas\nSeries\no.'), opcode: 'OBJ', offset: 16 },
  NEWOBJ_EX: { bytes: bytes(proto4, 'cpandas\nSeries\n', ')}', 0x92, '.'), opcode: 'NEWOBJ_EX', offset: 19 },
  'NEWOBJ of a function': { bytes: bytes(proto4, 'c_codecs\nencode\n', ')', 0x81, '.'), opcode: 'NEWOBJ', name: 'encode', offset: 19 },
  'REDUCE of a class': { bytes: bytes(proto4, 'cpandas\nSeries\n', ')R.'), opcode: 'REDUCE', name: 'Series', offset: 18 },
  'copyreg making an object that is not of pandas': {
    bytes: bytes(proto4, 'ccopyreg\n_reconstructor\n', 'c_codecs\nencode\n', 0x85, 'R.'),
    opcode: 'REDUCE',
    offset: 43,
  },
  'a persistent id': { bytes: bytes('Pfile:///etc/passwd\n.'), opcode: 'PERSID', offset: 0 },
  'a binary persistent id': { bytes: bytes(proto4, short('x'), 'Q.'), opcode: 'BINPERSID', offset: 5 },
  EXT1: { bytes: bytes(0x82, 1, '.'), opcode: 'EXT1', offset: 0 },
  EXT2: { bytes: bytes(0x83, 1, 1, '.'), opcode: 'EXT2', offset: 0 },
  EXT4: { bytes: bytes(0x84, 1, 1, 1, 1, '.'), opcode: 'EXT4', offset: 0 },
  'bytes of 2 GB announced': { bytes: bytes(0x42, 0xff, 0xff, 0xff, 0x7f, 'x'), opcode: 'BINBYTES', offset: 0 },
  'bytes of 4 GB announced': { bytes: bytes(0x42, 0xff, 0xff, 0xff, 0xff, 'x'), opcode: 'BINBYTES', offset: 0 },
  'a bytearray of 2^63 bytes announced': { bytes: bytes(0x96, 0, 0, 0, 0, 0, 0, 0, 0x80, 'x'), opcode: 'BYTEARRAY8', offset: 0 },
  'a text of 2 GB announced': { bytes: bytes('X', 0xff, 0xff, 0xff, 0x7f, 'x'), opcode: 'BINUNICODE', offset: 0 },
  'an integer of 2 GB announced': { bytes: bytes(0x8b, 0xff, 0xff, 0xff, 0x7f, 'x'), opcode: 'LONG4', offset: 0 },
  'an integer of a million digits': { bytes: bytes(`L${'9'.repeat(1_000_000)}L\n.`), opcode: 'LONG', offset: 0 },
  'a frame of 2^60 bytes': { bytes: bytes(proto4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0x10), opcode: 'FRAME', offset: 2 },
  'a memo index of four thousand million': { bytes: bytes('Nr', 0xff, 0xff, 0xff, 0xff, '.'), opcode: 'LONG_BINPUT', offset: 1 },
  'a memo entry that was never stored': { bytes: bytes('h', 7, '.'), opcode: 'BINGET', offset: 0 },
  'protocol 6': { bytes: bytes(0x80, 6, 'N.'), opcode: 'PROTO', offset: 0 },
  'no opcode at all': { bytes: bytes(0xff), opcode: '0xff', offset: 0 },
  'an empty stack': { bytes: bytes('.'), opcode: 'STOP', offset: 0 },
  'a stack below its mark': { bytes: bytes('N(.'), opcode: 'STOP', offset: 2 },
  'no STOP': { bytes: bytes('N'), opcode: 'the end of the file', offset: 1 },
};

/** Bombs: small to write down, large to do. */
const repeated = (piece: readonly number[], times: number, end: readonly number[] = [0x2e]): Uint8Array => {
  const all = new Uint8Array(piece.length * times + end.length);
  for (let at = 0; at < times; at++) all.set(piece, at * piece.length);
  all.set(end, piece.length * times);
  return all;
};
const bombs: Readonly<Record<string, Uint8Array>> = {
  'two million memo entries': repeated([0x5d, 0x94], 1_000_000),
  'a list that is appended to itself, doubling': bytes(
    proto4,
    ']',
    0x94,
    '(',
    ...Array.from({ length: 40 }, () => [0x68, 0, 0x68, 0]),
    'e',
    ...Array.from({ length: 40 }, () => ['(', 'h', 0, 'h', 0, 'e'] as const).flat(),
    '.',
  ),
  'tuples nested a million deep': repeated([0x85], 1_000_000, [0x2e]).map((byte, at) => (at === 0 ? 0x4e : byte)),
  'a million open marks': repeated([0x28], 1_000_000),
  'ten million Nones': repeated([0x4e], 10_000_000),
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What one reading costs; garbage counts too as long as the collector did not run in between. */
function cost(input: Uint8Array): { readonly error: unknown; readonly ms: number; readonly heapBytes: number } {
  const before = process.memoryUsage();
  const started = process.cpuUsage();
  let error: unknown = null;
  try {
    parsePickledFrame(input, 'attack.pkl');
  } catch (caught) {
    error = caught;
  }
  const spent = process.cpuUsage(started);
  const ms = (spent.user + spent.system) / 1000;
  const after = process.memoryUsage();
  return { error, ms, heapBytes: after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers };
}

describe('A1: a malicious pickle', () => {
  test.each(Object.entries(attacks))('%s is refused with its opcode and offset', (_, attack) => {
    const { error, ms, heapBytes } = cost(attack.bytes);
    expect(error).toBeInstanceOf(LedgerError);
    const { code, evidence, message } = error as LedgerError;
    expect(code).toBe('PickleRefused');
    expect(evidence).toEqual({ opcode: attack.opcode, offset: attack.offset, ...(attack.name === undefined ? {} : { name: attack.name }) });
    expect(message).toContain(`byte ${attack.offset}`);
    expect(ms).toBeLessThan(processorMsMax);
    expect(heapBytes).toBeLessThan(heapBytesMax);
    expect(existsSync(marker)).toBe(false);
  });

  test.each(Object.entries(bombs))('%s is refused within 64 MB and bounded work', (name, bomb) => {
    collectGarbage();
    const { error, ms, heapBytes } = cost(bomb);
    reportFigures({ test: `A1 ${name}`, seed: null, trials: 1, processorMs: Math.round(ms), heapBytes });
    expect((error as LedgerError).code).toBe('PickleRefused');
    expect(heapBytes).toBeLessThan(heapBytesMax);
    expect(ms).toBeLessThan(processorMsMax);
  });

  test('a file above the limit is refused before a byte is read', () => {
    expect((cost(new Uint8Array(limits.pickleBytesMax + 1)).error as LedgerError).message).toContain('at most');
  });
});

const fixture = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, '../fixtures/pickle', `${name}.pkl`));

describe('damaged pickles', () => {
  test.each([
    'pandas-1.5.3/series_p2',
    'pandas-2.2.3/frame_two',
    'pandas-3.0.6/series_strings',
    'pandas-3.1.1-pyarrow/frame_p4',
    'pandas-3.1.1-pyarrow/series_timestamps_utc',
  ])('%s with any bytes changed reads or is refused, and never fails otherwise', (name) => {
    fc.assert(
      fc.property(changedBytes(fixture(name)), (damaged) => {
        const { error } = cost(damaged);
        return error === null || (error instanceof LedgerError && error.code === 'PickleRefused');
      }),
      { numRuns: 1500 },
    );
  });

  test('every cut of a pickle is refused', () => {
    const original = fixture('pandas-2.2.3/series_p5');
    for (let length = 0; length < original.length; length++) {
      expect((cost(original.subarray(0, length)).error as LedgerError).code).toBe('PickleRefused');
    }
  });
});

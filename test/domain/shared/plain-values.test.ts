/** Small readers and writers of plain values, each at its boundaries. */
import { describe, expect, test } from '@jest/globals';
import { artifactReferencesByPath, artifactReferencesIn } from '../../../domain/shared/artifact-reference.ts';
import { allowedArtifact } from '../../../domain/shared/artifact-size.ts';
import {
  checkCheckpointName,
  checkpointConflict,
  checkpointText,
  isCheckpointName,
  parseCheckpoint,
} from '../../../domain/shared/checkpoint-record.ts';
import { csvReadingSchema, dateFormatOf, nothingAsked, saidOfCsv, wordsOfReading } from '../../../domain/shared/csv-reading.ts';
import { invariant, LedgerError, unreachable } from '../../../domain/shared/errors.ts';
import { dataOf, factsOfType } from '../../../domain/shared/facts.ts';
import { fromHex, toHex, zeroHash } from '../../../domain/shared/hashing.ts';
import { jsonTooHeavy } from '../../../domain/shared/json-weight.ts';
import {
  applicationId,
  beginsAsDatabase,
  contentHashInName,
  databaseOfSideName,
  keptKindOf,
  keptWords,
} from '../../../domain/shared/kept-files.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { percentText } from '../../../domain/shared/percent.ts';
import { plainError, refusalOf } from '../../../domain/shared/plain-error.ts';
import { firstDifference } from '../../../domain/shared/same-bits.ts';
import { streamKind } from '../../../domain/shared/stream.ts';

const hash = 'a'.repeat(64);
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const refusal = (code: string, message: string, evidence: object = {}) => expect.objectContaining({ code, message, evidence }) as unknown;

const conflict = (expected: 'none' | bigint, actual: bigint | null) => {
  const { code, message, evidence } = checkpointConflict('a', expected, actual);
  return [code, message, evidence];
};

const textOf = (characters: number) => ({ a: 'x'.repeat(characters - 8) });

describe('what the beginning of a file shows', () => {
  const magic = 'SQLite format 3\u0000';
  const database = (id: number): Uint8Array => {
    const head = new Uint8Array(100);
    head.set(bytesOf(magic));
    new DataView(head.buffer).setUint32(68, id);
    return head;
  };
  const note = `desk.example\n12\n${'A'.repeat(43)}=\n\n\u00e2\u0080\u0094 desk.example x`;
  test.each<[string, Uint8Array, string | null]>([
    ['a ledger', database(applicationId), 'ledger'],
    ['a ledger, as far as its mark', database(applicationId).subarray(0, 72), 'ledger'],
    ['a database that is cut before the mark', database(applicationId).subarray(0, 71), 'database'],
    ['another database', database(1), 'database'],
    ['the magic alone', bytesOf(magic), 'database'],
    ['less than the magic', bytesOf(magic.slice(0, -1)), null],
    ['a log', fromHex('377f068200000000'), 'log'],
    ['a log of the other order', fromHex('377f0683'), 'log'],
    ['no log', fromHex('377f0684'), null],
    ['a journal', fromHex('d9d505f920a163d7ff'), 'log'],
    ['an index of a log', fromHex('18e22d0000'), 'log'],
    ['an index of the other order', fromHex('002de218'), 'log'],
    ['a log behind a byte', fromHex('00377f0682'), null],
    ['a checkpoint', bytesOf(note), 'checkpoint'],
    ['a checkpoint with an extension', bytesOf(note.replace('=\n\n', '=\nmore\n\n')), 'checkpoint'],
    ['a checkpoint behind a line', bytesOf(`\n${note}`), null],
    ['a checkpoint without an origin', bytesOf(note.replace('desk.example\n12', '\n12')), null],
    ['a checkpoint without a size', bytesOf(note.replace('\n12\n', '\n\n')), null],
    ['a checkpoint with a short root', bytesOf(note.replace('A=', '=')), null],
    ['a checkpoint without a dash', bytesOf(note.replace('\u0094', '')), null],
    ['a key', bytesOf(' \n{"name":"x",\n"privateSeedHex" : "00"}'), 'key'],
    ['a key at once', bytesOf('{"privateSeedHex":"00"}'), 'key'],
    ['text that speaks of a key', bytesOf('see {"privateSeedHex":"00"}'), null],
    ['another object', bytesOf('{"privateSeed":"00"}'), null],
    ['an answer', bytesOf(`${hash}\n{"codec":"raw"}`), 'answer'],
    ['an answer behind a letter', bytesOf(`a${hash}\n{"codec":"raw"}`), null],
    ['nothing', new Uint8Array(0), null],
  ])('%s', (_, head, kind) => {
    expect(keptKindOf(head)).toBe(kind);
    const inside = new Uint8Array(head.length + 3);
    inside.set(head, 3);
    expect(keptKindOf(inside.subarray(3))).toBe(kind);
  });

  test('is read to its end', () => {
    expect(keptKindOf(bytesOf(`{${' '.repeat(9000)}"privateSeedHex":"00"}`))).toBe('key');
    expect([beginsAsDatabase(bytesOf(magic)), beginsAsDatabase(bytesOf('SQLite'))]).toEqual([true, false]);
  });

  test('has a name for a sentence', () => {
    expect(applicationId).toBe(Buffer.from('SLED').readUInt32BE());
    expect(keptWords).toEqual({
      ledger: 'a ledger',
      database: 'a SQLite database',
      log: 'the log of a SQLite database',
      key: 'a signing key',
      checkpoint: 'a signed checkpoint',
      answer: 'an answer in the cache',
    });
    expect(['a.db-wal', 'a.db-SHM', 'a-journal', 'a.db', 'a-wal.db'].map(databaseOfSideName)).toEqual(['a.db', 'a.db', 'a', null, null]);
    expect(
      [hash, `${hash}.json`, `${hash}.`, `${hash}.a.b`, `${hash}.j-n`, `x${hash}`, hash.slice(1), `${hash}a`].map(contentHashInName),
    ).toEqual([hash, hash, null, null, null, null, null, null]);
  });
});

describe('how a file of separated text was read', () => {
  const plain = { delimiter: ',', decimal: '.', dateFormat: null, percent: false, na: [] } as const;
  test.each<[object, string | null]>([
    [{}, null],
    [{ delimiter: ';' }, 'read as semicolon-separated'],
    [{ delimiter: '\t' }, 'read as tab-separated'],
    [{ delimiter: '|' }, 'read as separated by |'],
    [{ decimal: ',' }, 'read as with decimal comma'],
    [{ dateFormat: 'dd.mm.yyyy' }, 'read as dates dd.mm.yyyy'],
    [{ percent: true }, 'read as numbers in percent'],
    [{ na: ['-', 'n/a'] }, 'read as "-", "n/a" as empty'],
    [
      { delimiter: ';', decimal: ',', dateFormat: 'dd.mm.yy', percent: true, na: ['-'] },
      'read as semicolon-separated, with decimal comma, dates dd.mm.yy, numbers in percent, "-" as empty',
    ],
  ])('%j', (more, words) => {
    const reading = csvReadingSchema.parse({ ...plain, ...more });
    expect(wordsOfReading(reading)).toBe(words);
  });

  test('is recorded where anything was said', () => {
    expect(nothingAsked).toEqual({ delimiter: null, decimal: null, dateFormat: null, percent: null, na: null });
    expect(saidOfCsv(nothingAsked)).toBeNull();
    expect(saidOfCsv({ ...nothingAsked, percent: false })).toEqual({ ...nothingAsked, percent: false });
  });

  test.each([
    ['%d/%m/%Y', 'dd/mm/yyyy'],
    ['DD/MM/YYYY', 'dd/mm/yyyy'],
    ['d.m.yy', 'd.m.yy'],
    ['%y-%m-%d', 'yy-mm-dd'],
    ['dd mmm, yyyy', 'dd mmm, yyyy'],
    ['mmmm d yyyy', 'mmmm d yyyy'],
    ['yyyymmdd', 'yyyymmdd'],
  ])('a date format %s is %s', (written, format) => {
    expect(dateFormatOf(written)).toBe(format);
  });

  test.each([
    '',
    'dd.mm',
    'mm.yyyy',
    'dd.yyyy',
    'dd.mm.yyy',
    'ddd.mm.yyyy',
    'dd.mmmmm.yyyy',
    'dd.mm.yyyyy',
    'dd.mm.y',
    'dd.mm.yyyy hh',
    'dd.mm.dd.yyyy',
    'x dd.mm.yyyy',
    '%D.mm.yyyy',
  ])('a date format %j is none', (written) => {
    expect(() => dateFormatOf(written)).toThrow(
      expect.objectContaining({
        code: 'Usage',
        message: `--date-format ${written}: such as dd.mm.yyyy, mm/dd/yyyy or dd-mmm-yyyy`,
        at: { path: '--date-format' },
      }),
    );
  });
});

describe('artifacts that data refer to', () => {
  const document = { kind: 'document', sha256: hash, bytes: 0, mediaType: 'text/csv' };
  const table = {
    kind: 'table',
    sha256: 'b'.repeat(64),
    bytes: 1,
    rows: 0,
    columns: ['a'],
    first: null,
    last: '2025-01-31',
    calendars: ['XNYS'],
  };
  test('are found by their shape, at every depth, with the path', () => {
    const data = { a: document, b: [{ c: table }, [document]], kind: 'other', n: null, s: 'x', d: { kind: 'document', sha256: hash } };
    expect(artifactReferencesIn(data)).toEqual([document, table, document]);
    expect(artifactReferencesByPath(data)).toEqual({ a: hash, 'b[0].c': table.sha256, 'b[1][0]': hash });
    expect(artifactReferencesByPath(document)).toEqual({ '': hash });
    for (const none of [null, undefined, 'x', 1, [], {}]) expect(artifactReferencesIn(none)).toEqual([]);
  });

  test.each<[string, object]>([
    ['another kind', { ...document, kind: 'file' }],
    ['a member too many', { ...document, more: 1 }],
    ['a short hash', { ...document, sha256: hash.slice(1) }],
    ['a long hash', { ...document, sha256: `${hash}a` }],
    ['half a byte', { ...document, bytes: 0.5 }],
    ['fewer than no bytes', { ...document, bytes: -1 }],
    ['fewer than no rows', { ...table, rows: -1 }],
    ['a date in other words', { ...table, last: '2025-1-31' }],
    ['a date with a time', { ...table, last: '2025-01-31T00' }],
    ['a date behind a letter', { ...table, last: 'x2025-01-31' }],
  ])('are none with %s', (_, value) => {
    expect(artifactReferencesIn({ value })).toEqual([]);
  });

  test('are as long as they may be, and no longer', () => {
    const largest = new Uint8Array(limits.artifactBytesMax);
    expect(allowedArtifact(largest)).toBe(largest);
    const bytes = limits.artifactBytesMax + 1;
    expect(() => allowedArtifact({ length: bytes } as unknown as Uint8Array)).toThrow(
      refusal('LimitExceeded', `an artifact of ${bytes} bytes, at most ${limits.artifactBytesMax} are allowed`, {
        bytes,
        bytesMax: limits.artifactBytesMax,
      }),
    );
  });
});

describe('a checkpoint of a reader', () => {
  test('has a name that every store can take', () => {
    expect(['a', 'A.b_c-9', 'a'.repeat(150), '', 'a'.repeat(151), 'a b', 'a/b', 'a\n'].map(isCheckpointName)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(() => checkCheckpointName('a b')).toThrow(refusal('Usage', '"a b" is not a name of a checkpoint', { name: 'a b' }));
    expect(() => checkpointText('a b', {})).toThrow('is not a name');
  });

  test('is kept as RFC 8785, up to its limit', () => {
    expect(checkpointText('a', { b: 1, a: 2 })).toBe('{"a":2,"b":1}');
    const most = limits.inlineDataBytesMax;
    expect(checkpointText('a', textOf(most))).toHaveLength(most);
    expect(() => checkpointText('a', textOf(most + 1))).toThrow(
      refusal('LimitExceeded', `checkpoint "a" holds ${most + 1} characters, at most ${most} are allowed`, {
        name: 'a',
        characters: most + 1,
        charactersMax: most,
      }),
    );
  });

  test('is read as an object, and is damaged otherwise', () => {
    expect(parseCheckpoint('a', '{"b":1}')).toEqual({ b: 1 });
    for (const text of ['', '{', 'null', '1', '"x"', '[]', '[{}]'])
      expect(() => parseCheckpoint('a', text)).toThrow(refusal('StoreIo', 'checkpoint "a" is damaged', { name: 'a' }));
  });

  test('conflicts in words', () => {
    expect(conflict('none', 3n)).toEqual([
      'WrongExpectedRevision',
      'checkpoint "a" is at version 3, expected version none',
      { name: 'a', expected: 'none', actual: '3' },
    ]);
    expect(conflict(2n, null)).toEqual([
      'WrongExpectedRevision',
      'checkpoint "a" is at version none, expected version 2',
      { name: 'a', expected: '2', actual: 'none' },
    ]);
  });
});

describe('errors and facts', () => {
  test('cross as plain data and are the same again', () => {
    const error = new LedgerError('Usage', 'words', { evidence: { a: 1 }, at: { file: 'f', line: 2, path: 'p' } });
    expect(plainError(error)).toEqual({ code: 'Usage', message: 'words', evidence: { a: 1 }, at: { file: 'f', line: 2, path: 'p' } });
    const again = refusalOf(plainError(error));
    expect(again).toBeInstanceOf(LedgerError);
    expect([plainError(again), again.name, again.exitStatus, again.advice]).toEqual([plainError(error), 'Usage', 2, error.advice]);
    expect(new LedgerError('Usage', 'x')).toMatchObject({ evidence: {}, at: {} });
    expect(Object.hasOwn(new LedgerError('Usage', 'x'), 'cause')).toBe(false);
    expect(new LedgerError('Usage', 'x', { cause: 0 }).cause).toBe(0);
  });

  test('tell a fault of the program', () => {
    expect(() => invariant(false, 'words', { a: 1 })).toThrow(refusal('Internal', 'words', { a: 1 }));
    expect(() => invariant(0, 'words')).toThrow(refusal('Internal', 'words', {}));
    expect(() => invariant(1, 'words')).not.toThrow();
    const close = unreachable as unknown as (value: unknown) => never;
    expect(() => close({ a: 1 })).toThrow(refusal('Internal', 'unreachable: {"a":1}'));
  });

  test('are found by their type, in order', () => {
    const facts = [
      { type: 'a', data: 1 },
      { type: 'b', data: 2 },
      { type: 'a', data: 3 },
    ] as const;
    expect(factsOfType(facts, 'a')).toEqual([facts[0], facts[2]]);
    expect(dataOf(facts, 'a')).toEqual([1, 3]);
  });

  test('a share in percent has at most one decimal', () => {
    expect([0, 0.125, 0.1254, 0.12551, 1, 0.0004, 0.0005].map(percentText)).toEqual([
      '0 %',
      '12.5 %',
      '12.5 %',
      '12.6 %',
      '100 %',
      '0 %',
      '0.1 %',
    ]);
  });

  test('a stream is named by its kind', () => {
    const kind = streamKind('sleeve', {});
    expect([kind.name('a'), kind.idOf('sleeve-a'), kind.idOf('sleeve-'), kind.idOf('sleeveRun-a'), kind.idOf('sleeve')]).toEqual([
      'sleeve-a',
      'a',
      '',
      null,
      null,
    ]);
  });

  test('hexadecimal is that of Node', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    expect(fromHex(toHex(bytes))).toEqual(bytes);
    expect([toHex(new Uint8Array(0)), zeroHash]).toEqual(['', Buffer.alloc(32).toString('hex')]);
  });
});

describe('the weight of a JSON text', () => {
  const depth = limits.jsonTextDepthMax;
  test.each<[string, string, number, string | null]>([
    ['as many lists as are allowed', '[[],[],{}]', 4, null],
    ['one more', '[[],[],{}]', 3, 'more than 3 lists and objects'],
    ['brackets in text', '["[[[[","{{\\"{{"]', 1, null],
    ['brackets behind an escaped backslash', '["\\\\",[[]]]', 2, 'more than 2 lists and objects'],
    ['a text without an end', '["[[[', 1, null],
    ['a text that ends in a backslash', '["\\', 1, null],
    ['as deep as allowed', '['.repeat(depth), Infinity, null],
    ['one deeper', '['.repeat(depth + 1), Infinity, `nested deeper than ${depth}`],
    ['side by side', '[]{}'.repeat(depth + 1), Infinity, null],
  ])('with %s', (_, text, most, why) => {
    expect(jsonTooHeavy(text, most)).toBe(why);
  });

  test('has a limit of its own', () => {
    const most = limits.jsonContainersMax;
    expect(jsonTooHeavy('[]'.repeat(most))).toBeNull();
    expect(jsonTooHeavy('[]'.repeat(most + 1))).toBe(`more than ${most} lists and objects`);
  });
});

describe('the first difference of two values', () => {
  test.each<[unknown, unknown, readonly string[] | null]>([
    [1, 1, null],
    [0, -0, []],
    [Number.NaN, Number.NaN, null],
    [1, '1', []],
    [null, {}, []],
    [{}, null, []],
    [null, undefined, []],
    [[], {}, []],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, null],
    [{ a: 1 }, { a: 1, b: 2 }, ['b']],
    [{ a: 1, b: 2 }, { a: 1 }, ['b']],
    [{ a: 1 }, { b: 1 }, ['a']],
    [{ a: [1, { c: 2 }] }, { a: [1, { c: 3 }] }, ['a', '1', 'c']],
    [[1, 2], [1], ['1']],
    [[1], [1, 2], ['1']],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2), null],
    [{ x: Uint8Array.of(1, 2) }, { x: Uint8Array.of(1, 3) }, ['x']],
    [Uint8Array.of(1), Uint8Array.of(1, 2), []],
    [Uint8Array.of(1, 2), Uint8Array.of(1), []],
    [Uint8Array.of(1), Int8Array.of(1), []],
    [Float64Array.of(0), Float64Array.of(-0), []],
    [new Map([['a', 1]]), new Map([['a', 1]]), null],
    [new Map([['a', 1]]), new Map([['a', 2]]), ['a']],
    [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      ['a'],
    ],
    [new Map([[1, 'x']]), new Map([[1, 'y']]), ['0']],
    [new Map([[1, 'x']]), new Map([[2, 'x']]), ['key 0']],
    [new Map([['a', 1]]), { a: 1 }, []],
    [new Set([1]), new Map(), []],
  ])('of %j and %j', (left, right, path) => {
    expect(firstDifference(left, right)).toEqual(path);
  });
});

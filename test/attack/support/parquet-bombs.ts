import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Parquet files written by hand, head by head, in Thrift's compact protocol: no writer makes such ones. */
type Field = readonly [id: number, kind: 'i32' | 'i64' | 'binary' | 'struct' | 'list', bytes: Uint8Array];

const codeOf = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const number = (value: number): Uint8Array => Uint8Array.from(varint(value >= 0 ? 2n * BigInt(value) : -2n * BigInt(value) - 1n));
const i32 = (id: number, value: number): Field => [id, 'i32', number(value)];
const i64 = (id: number, value: number): Field => [id, 'i64', number(value)];
const text = (value: string): Uint8Array => Buffer.concat([Uint8Array.from(varint(Buffer.byteLength(value))), Buffer.from(value)]);
const binary = (id: number, value: string): Field => [id, 'binary', text(value)];
const struct = (id: number, fields: readonly Field[]): Field => [id, 'struct', structOf(fields)];
const list = (id: number, kind: keyof typeof codeOf, items: readonly Uint8Array[]): Field => [
  id,
  'list',
  Buffer.concat([Uint8Array.from([0xf0 | codeOf[kind], ...varint(items.length)]), ...items]),
];

function structOf(fields: readonly Field[]): Uint8Array {
  let before = 0;
  const parts = fields.flatMap(([id, kind, bytes]) => {
    const head = Uint8Array.of(((id - before) << 4) | codeOf[kind]);
    before = id;
    return [head, bytes];
  });
  return Buffer.concat([...parts, Uint8Array.of(0)]);
}

const codecs = { none: 0, gzip: 2, brotli: 4 } as const;
const [plain, runLengths, dictionaryRuns, deltas] = [0, 3, 8, 5];
const [bytesType, doubleType, longType] = [6, 5, 2];
const [dataPage, dictionaryPage] = [0, 2];

type Pack = (content: Uint8Array) => Uint8Array;
const brotli: Pack = (content) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

interface Page {
  readonly values: number;
  readonly content: Uint8Array;
  readonly encoding?: number;
  readonly dictionary?: boolean;
  /** More fields of the head. */
  readonly more?: readonly Field[];
}

function pageOf({ values, content, encoding = plain, dictionary = false, more = [] }: Page, pack: Pack): Uint8Array {
  const packed = pack(content);
  const own = dictionary
    ? struct(7, [i32(1, values), i32(2, plain)])
    : struct(5, [i32(1, values), i32(2, encoding), i32(3, runLengths), i32(4, runLengths)]);
  const fields = [i32(1, dictionary ? dictionaryPage : dataPage), i32(2, content.length), i32(3, packed.length), ...more, own];
  return Buffer.concat([structOf(fields), packed]);
}

interface Column {
  readonly name: string;
  readonly type: number;
  readonly codec: number;
  readonly pages: Uint8Array;
  readonly encoding?: number;
}

const utf8 = 0;
const dates = (rows: number): Column => ({
  name: 'date',
  type: bytesType,
  codec: codecs.none,
  pages: pageOf(
    { values: rows, content: Buffer.concat(Array.from({ length: rows }, () => Buffer.from([10, 0, 0, 0, ...Buffer.from('2024-01-02')]))) },
    (content) => content,
  ),
});

const doubles = (rows: number): Page => ({ values: rows, content: new Uint8Array(8 * rows) });

function fileOf(columns: readonly Column[], rows: number, shared = false, groups: readonly number[] = [rows]): Uint8Array {
  const starts: number[] = [];
  const parts: Uint8Array[] = [Buffer.from('PAR1')];
  let at = 4;
  for (const [index, { pages }] of columns.entries()) {
    const again = shared && index > 1;
    starts.push(again ? starts[1]! : at);
    if (again) continue;
    parts.push(pages);
    at += pages.length;
  }
  const chunkOf = ({ name, type, codec, pages, encoding = plain }: Column, index: number, values: number): Uint8Array => {
    const meta = [
      i32(1, type),
      list(2, 'i32', [number(encoding)]),
      list(3, 'binary', [text(name)]),
      i32(4, codec),
      i64(5, values),
      i64(6, pages.length),
      i64(7, values === 0 ? 0 : pages.length),
      i64(9, starts[index]!),
    ];
    return structOf([i64(2, starts[index]!), struct(3, meta)]);
  };
  const schema = [
    structOf([binary(4, 'schema'), i32(5, columns.length)]),
    ...columns.map(({ name, type }) => structOf([i32(1, type), i32(3, 0), binary(4, name), ...(type === bytesType ? [i32(6, utf8)] : [])])),
  ];
  const rowGroups = groups.map((values) =>
    structOf([
      list(
        1,
        'struct',
        columns.map((column, index) => chunkOf(column, index, values)),
      ),
      i64(2, at),
      i64(3, values),
    ]),
  );
  const footer = structOf([i32(1, 1), list(2, 'struct', schema), i64(3, rows), list(4, 'struct', rowGroups)]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')]);
}

/** A file of one row whose second column has these pages. */
function withPages(pages: readonly Page[], codec: keyof typeof codecs, type = doubleType, encoding = plain): Uint8Array {
  const packs: Readonly<Record<keyof typeof codecs, Pack>> = { none: (content) => content, gzip: (content) => gzipSync(content), brotli };
  // The same page again is packed once.
  const made = new Map<Page, Uint8Array>();
  for (const page of pages) if (!made.has(page)) made.set(page, pageOf(page, packs[codec]));
  const bytes = Buffer.concat(pages.map((page) => made.get(page)!));
  return fileOf([dates(1), { name: 'X:A', type, codec: codecs[codec], pages: bytes, encoding }], 1);
}

const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const large = new Uint8Array(16_000_000);
const endless = (length: number): Uint8Array => Buffer.concat([Buffer.alloc(length, 0xff), Uint8Array.of(1)]);

/** Each is refused by its heads, before a page is decoded. */
export const parquetBombs: Readonly<Record<string, () => Uint8Array>> = {
  'pages without rows that unpack to 16 MB': () => withPages([...many(500, { values: 0, content: large }), doubles(1)], 'brotli'),
  'a million pages without anything': () => withPages([...many(1_000_000, { values: 0, content: new Uint8Array(0) }), doubles(1)], 'none'),
  'dictionaries without rows': () => withPages([...many(500, { values: 2_000, content: large, dictionary: true }), doubles(1)], 'brotli'),
  'a dictionary of a thousand million values': () =>
    withPages([{ values: 1_000_000_000, content: new Uint8Array(8), dictionary: true }, doubles(1)], 'none'),
  'a page of a thousand million values': () => withPages([{ values: 1_000_000_000, content: new Uint8Array(8) }], 'none'),
  'a page of less than no bytes': () =>
    withPages([{ values: 1, content: new Uint8Array(8) }], 'none').map((byte, at, all) =>
      // The packed length, 16 in zigzag, becomes -8.
      byte === 16 && all[at - 1] === 0x15 && all[at - 2] === 16 ? 15 : byte,
    ),
  'a number of 40,000 bytes in the head of a page': () => withPages([{ ...doubles(1), more: [[4, 'i64', endless(40_000)]] }], 'none'),
  '1,900 columns of one content': () =>
    fileOf(
      [
        dates(1),
        ...Array.from({ length: 1_900 }, (_, at) => ({
          name: `X:A${at}`,
          type: doubleType,
          codec: codecs.none,
          pages: Buffer.concat([pageOf(doubles(1), (content) => content), new Uint8Array(1_000_000)]),
        })),
      ],
      1,
      true,
    ),
  '30,000 row groups without rows': () =>
    fileOf([dates(1), { name: 'X:A', type: doubleType, codec: codecs.none, pages: pageOf(doubles(1), (content) => content) }], 1, false, [
      1,
      ...many(30_000, 0),
    ]),
};

/** What stands within a page or the footer is known only to its decoder: these burst the process that reads foreign files. */
export const bombsWithinPages: Readonly<Record<string, () => Uint8Array>> = {
  '170,000 columns': () =>
    fileOf(
      [
        dates(1),
        ...Array.from({ length: 170_000 }, (_, at) => ({ name: `X:${at}`, type: doubleType, codec: 0, pages: new Uint8Array(0) })),
      ],
      1,
    ),
  'a run of a thousand million values': () =>
    withPages(
      [
        { ...doubles(1), dictionary: true },
        { values: 1, content: Uint8Array.from([1, ...varint(2_000_000_000), 0]), encoding: dictionaryRuns },
      ],
      'none',
      doubleType,
      dictionaryRuns,
    ),
  'a difference of 8 MB': () =>
    withPages(
      [{ values: 1, content: Buffer.concat([Uint8Array.of(128, 1, 4, 1), endless(8_000_000)]), encoding: deltas }],
      'gzip',
      longType,
      deltas,
    ),
  'a number of 4 MB in the footer': () => {
    const footer = Buffer.concat([Uint8Array.of(0x16), endless(4_000_000), Uint8Array.of(0)]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    return Buffer.concat([Buffer.from('PAR1'), new Uint8Array(4), footer, length, Buffer.from('PAR1')]);
  },
};

/** Honest files from the same pen. */
export const honestParquet: Readonly<Record<string, () => Uint8Array>> = {
  'a file of one row': () => withPages([doubles(1)], 'brotli'),
  'a file with an empty page': () => withPages([{ values: 0, content: new Uint8Array(0) }, doubles(1)], 'gzip'),
  'a file with a row group without rows': () =>
    fileOf(
      [dates(1), { name: 'X:A', type: doubleType, codec: codecs.none, pages: pageOf(doubles(1), (content) => content) }],
      1,
      false,
      [1, 0],
    ),
};

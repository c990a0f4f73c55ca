import { parquetMetadata } from 'hyparquet';
import { z } from 'zod';
import { limits } from '../../domain/shared/limits.ts';
import { guarded, refuseParquet, refuseSize, type ParquetSource } from './source.ts';
import { ThriftReader } from './thrift.ts';

const elementSchema = z.object({
  name: z.string(),
  type: z.string().optional(),
  repetition_type: z.enum(['REQUIRED', 'OPTIONAL', 'REPEATED']).optional(),
  num_children: z.number().optional(),
  converted_type: z.string().optional(),
  logical_type: z.object({ type: z.string().optional(), unit: z.string().optional() }).optional(),
});

const chunkSchema = z.object({
  type: z.string(),
  path_in_schema: z.array(z.string()),
  codec: z.enum(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW']),
  data_page_offset: z.bigint(),
  dictionary_page_offset: z.bigint().optional(),
  total_compressed_size: z.bigint(),
});

const footerSchema = z.object({
  num_rows: z.bigint().nonnegative(),
  schema: z.array(elementSchema),
  row_groups: z.array(z.object({ num_rows: z.bigint().nonnegative(), columns: z.array(z.object({ meta_data: chunkSchema })) })),
  key_value_metadata: z.array(z.object({ key: z.string(), value: z.string().optional() })).optional(),
});

/** What we use of a parquet footer, checked: the decoder hands over whatever types a damaged file has. */
export type Footer = z.infer<typeof footerSchema>;
export type Element = z.infer<typeof elementSchema>;
export type ChunkDescription = z.infer<typeof chunkSchema>;

/** Reads the footer, once every length in it has been found to fit the file. Errors: the code of the source, LimitExceeded. */
export function footerOf(bytes: Uint8Array, source: ParquetSource): Footer {
  if (bytes.length > limits.priceFileBytesMax) refuseSize(source, 'bytes', bytes.length, limits.priceFileBytesMax);
  const magic = (at: number): boolean => String.fromCharCode(...bytes.subarray(at, at + 4)) === 'PAR1';
  if (bytes.length < 12 || !magic(0)) refuseParquet(source, 'the file is not parquet');
  if (!magic(bytes.length - 4)) refuseParquet(source, 'the file is cut off: parquet ends with PAR1');
  const length = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 4).getUint32(0, true);
  if (length > bytes.length - 12) refuseParquet(source, `a footer of ${length} bytes in a file of ${bytes.length}`);
  new ThriftReader(bytes, bytes.length - 8 - length, bytes.length - 8, source).struct();
  const found = footerSchema.safeParse(guarded(source, 'the footer', () => parquetMetadata(bytes, { geoparquet: false })));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  return refuseParquet(source, `the footer is damaged (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`);
}

/** The columns, each a plain list of values: a nested or repeated column is refused, and so is a file beyond the limits. */
export function leavesOf(footer: Footer, source: ParquetSource): Element[] {
  const leaves = footer.schema.slice(1);
  const rows = footer.num_rows;
  let sum = 0n;
  for (const group of footer.row_groups) sum += group.num_rows;
  if (sum !== rows) refuseParquet(source, `the row groups add up to ${sum} rows, the file announces ${rows}`);
  if (rows === 0n) refuseParquet(source, 'the file has no rows');
  if (rows > BigInt(limits.priceRowsMax)) refuseSize(source, 'rows', rows, limits.priceRowsMax);
  if (leaves.length - 1 > limits.symbolsPerSleeveMax) refuseSize(source, 'columns', leaves.length - 1, limits.symbolsPerSleeveMax);
  if (leaves.length * Number(rows) > limits.priceCellsMax) refuseSize(source, 'cells', leaves.length * Number(rows), limits.priceCellsMax);
  const seen = new Set<string>();
  for (const { name, num_children: children, repetition_type: repetition } of leaves) {
    if (children !== undefined || repetition === 'REPEATED') refuseParquet(source, 'a nested column is not read', name);
    if (seen.has(name)) refuseParquet(source, 'two columns have this name', name);
    seen.add(name);
  }
  if (footer.row_groups.some((group) => group.columns.length !== leaves.length)) refuseParquet(source, 'a row group lacks a column');
  return leaves;
}

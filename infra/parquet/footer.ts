import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { z } from 'zod';
import { limits } from '../../domain/shared/limits.ts';
import { guarded, refuseParquet, refuseSize, type ParquetSource } from './source.ts';

const elementSchema = z.object({
  name: z.string(),
  type: z.enum(['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY']).optional(),
  type_length: z.number().optional(),
  repetition_type: z.enum(['REQUIRED', 'OPTIONAL', 'REPEATED']).optional(),
  num_children: z.number().optional(),
  converted_type: z.string().optional(),
  scale: z.int().nonnegative().optional(),
  logical_type: z
    .object({ type: z.string().optional(), unit: z.string().optional(), isSigned: z.boolean().optional(), scale: z.int().optional() })
    .optional(),
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
  schema: z.array(elementSchema).min(1),
  row_groups: z.array(z.object({ num_rows: z.bigint().nonnegative(), columns: z.array(z.object({ meta_data: chunkSchema })) })),
  key_value_metadata: z.array(z.object({ key: z.string(), value: z.string().optional() })).optional(),
});

/** What we use of a parquet footer, checked: the library hands over whatever types a damaged file has. */
export type Footer = z.infer<typeof footerSchema>;
export type Element = z.infer<typeof elementSchema>;

/** A parquet file whose footer makes sense. */
export interface ParquetFile {
  readonly bytes: Uint8Array;
  readonly footer: Footer;
  /** The same footer, as the library wants it back. */
  readonly metadata: FileMetaData;
  readonly source: ParquetSource;
}

/** Reads the footer. Errors: the code of the source, LimitExceeded. */
export async function openParquet(bytes: Uint8Array, source: ParquetSource): Promise<ParquetFile> {
  if (bytes.length > limits.priceFileBytesMax) refuseSize(source, 'bytes', bytes.length, limits.priceFileBytesMax);
  const magic = (at: number): boolean => String.fromCharCode(...bytes.subarray(at, at + 4)) === 'PAR1';
  if (bytes.length < 12 || !magic(0)) refuseParquet(source, 'the file is not parquet');
  if (!magic(bytes.length - 4)) refuseParquet(source, 'the file is cut off: parquet ends with PAR1');
  const length = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 4).getUint32(0, true);
  if (length > bytes.length - 12) refuseParquet(source, `a footer of ${length} bytes in a file of ${bytes.length}`);
  if (length > limits.parquetFooterBytesMax) refuseSize(source, 'bytes in the footer', length, limits.parquetFooterBytesMax);
  const metadata = await guarded(source, 'the footer', () => parquetMetadata(bytes, { geoparquet: false }));
  const found = footerSchema.safeParse(metadata);
  if (found.success) return { bytes, footer: found.data, metadata, source };
  const [issue] = found.error.issues;
  return refuseParquet(source, `the footer is damaged (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`);
}

const emptyGroupsMax = 100;

/** The columns, each a plain list of values: a nested or repeated column is refused, and so is a file beyond the limits. */
export function leavesOf({ footer, source }: ParquetFile): Element[] {
  const leaves = footer.schema.slice(1);
  const rows = footer.num_rows;
  let sum = 0n;
  for (const group of footer.row_groups) sum += group.num_rows;
  if (sum !== rows) refuseParquet(source, `the row groups add up to ${sum} rows, the file announces ${rows}`);
  // A writer may leave some empty.
  const groupsMax = Number(rows) + emptyGroupsMax;
  if (footer.row_groups.length > groupsMax) refuseSize(source, 'groups of rows', footer.row_groups.length, groupsMax);
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

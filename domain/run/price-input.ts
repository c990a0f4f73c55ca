import { z } from 'zod';
import { scannedUniverseSchema } from './scanned-universe.ts';
import { isoDateSchema, tableReferenceSchema } from '../shared/artifact-reference.ts';
import { csvReadingSchema } from '../shared/csv-reading.ts';
import { sha256Hex } from '../shared/fields.ts';

/** One file of prices as the run used it: the table holds the rows and symbols in scope, and nothing else. */
export const priceInputSchema = z.strictObject({
  role: z.literal('prices'),
  name: z.string(),
  /** Of the file's own bytes, as evidence; the identity of the run rests on the table. */
  fileSha256: sha256Hex,
  table: tableReferenceSchema,
  /** Line of the file for each row of the table: the first when they follow one another, else all; null without lines. */
  lines: z.union([z.strictObject({ first: z.number().int() }), z.array(z.number().int()), z.null()]),
  defects: z.array(
    z.strictObject({ kind: z.enum(['duplicate_date', 'unsorted_date']), line: z.number().int().nullable(), date: z.string() }),
  ),
  /** How the text of the file became the table, where that is not the plain way: what it takes to make the table from the file again. */
  reading: csvReadingSchema.optional(),
  /** Symbol to the column of the file that it was read from, where they differ: part of what it takes to make the table again. */
  renamed: z.record(z.string(), z.string()).optional(),
});
export type PriceInput = z.infer<typeof priceInputSchema>;

/** What a run was asked to read of its prices. */
export const pricesAskedSchema = z.strictObject({
  from: isoDateSchema.nullable(),
  asOf: isoDateSchema.nullable(),
  symbols: z.array(z.string()).nullable(),
  exclude: z.array(z.string()),
  repair: z.enum(['none', 'drop-off-calendar']),
  /** `engine=...,simulator=...` for ambiguous file names of an imported run. */
  map: z.record(z.string(), z.string()),
  /** The scans that gave `symbols`; absent where they came from elsewhere. */
  universe: scannedUniverseSchema.optional(),
});
export type PricesAsked = z.infer<typeof pricesAskedSchema>;

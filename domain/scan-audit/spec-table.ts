import { z } from 'zod';
import { LedgerError } from '../shared/errors.ts';

const sortSchema = z.tuple([z.string(), z.enum(['asc', 'desc'])]).nullable();
const value = z.union([z.string(), z.number(), z.array(z.string()), z.array(z.number())]);

/** What the specification says of one scanner; null where it says that there is none. */
const specRowSchema = z.strictObject({
  id: z.string(),
  export_symbol: z.string(),
  data_category: z.string(),
  filters: z.array(z.strictObject({ left: z.string(), operation: z.string(), right: value.optional() })),
  columns: z.array(z.string()),
  gates: z.strictObject({
    recommendation: z.number().nullable(),
    adx: z.number().nullable(),
    momentum: z.array(z.strictObject({ column: z.string(), op: z.string(), value: z.number() })),
    value_traded_min: z.number().nullable(),
    volatility_max: z.number().nullable(),
    logic: z.string(),
    direction: z.string(),
  }),
  sort: sortSchema,
  final_sort: sortSchema,
  prefilter_limit: z.number().int().positive().nullable(),
  limit: z.number().int().positive(),
});

const specTableSchema = z.strictObject({
  note: z.string().optional(),
  scanners: z.array(specRowSchema).min(1),
  /** Requirements that were written and never implemented: shown beside the count, and no part of it. */
  never_implemented: z.array(z.string()),
});

export type SpecRow = z.infer<typeof specRowSchema>;
export type SpecTable = z.infer<typeof specTableSchema>;

/** Errors: SchemaViolation with the path. */
export function readSpecTable(content: unknown, file: string): SpecTable {
  const parsed = specTableSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.path.join('.');
  throw new LedgerError('SchemaViolation', `${file} is no table of scanners: ${issue.message} at ${path}`, { at: { file, path } });
}

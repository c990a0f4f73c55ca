import { z } from 'zod';
import { gateNames, passKeys } from './gates.ts';
import { filterOperations } from './scanner.ts';

/** Shapes of what is kept of a scan. */

const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()]);

/** The effective configuration, with the files that wrote each leaf. */
export const scanConfigSchema = z.strictObject({
  entry: z.string(),
  files: z.array(z.string()).min(1),
  effective: z.record(z.string(), z.json()),
  leaves: z.array(z.strictObject({ pointer: z.string(), value: scalar, origin: z.string(), history: z.array(z.string()).min(1) })),
});

/** A response, rows by symbol; values stand in the order of the columns. */
export const scanResponseSchema = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.strictObject({ symbol: z.string(), values: z.array(z.json()) })),
  totalCount: z.number().int().nonnegative().nullable(),
});

export const categoryMapSchema = z.strictObject({
  by_symbol: z.record(z.string(), z.string()),
  by_text: z.record(z.string(), z.string()),
});

const rejectionSchema = z.strictObject({
  stage: z.enum(['api', 'basic', 'client', 'rank']),
  gate: z.string(),
  column: z.string().nullable(),
  operation: z.string().nullable(),
  threshold: z.json(),
  value: z.json(),
});

/** What was decided about every fetched row, by symbol. */
export const scanRowsSchema = z.strictObject({
  rows: z.array(
    z.strictObject({
      symbol: z.string(),
      passes: z.strictObject(
        Object.fromEntries(passKeys.map((key) => [key, z.boolean().nullable()])) as Record<
          (typeof passKeys)[number],
          z.ZodNullable<z.ZodBoolean>
        >,
      ),
      selected: z.boolean(),
      rank: z.number().int().positive().nullable(),
      rejection: rejectionSchema.nullable(),
    }),
  ),
});

const why = z.enum(['absent', 'category_text', 'no_rows']);

export const notEvaluatedSchema = z.strictObject({
  filters: z.array(z.strictObject({ index: z.number().int().nonnegative(), filter: z.string(), why })),
  gates: z.array(z.strictObject({ gate: z.enum(gateNames), why })),
  conditions: z.array(z.strictObject({ gate: z.enum(gateNames), column: z.string() })),
});

const count = z.number().int().nonnegative();

export const funnelSchema = z.strictObject({
  fetched: count,
  included: count,
  stages: z.array(
    z.strictObject({
      stage: z.enum(['api', 'basic', 'client', 'rank']),
      gate: z.string(),
      column: z.string().nullable(),
      in: count,
      rejected: count,
      out: count,
      state: z.enum(['evaluated', 'not_evaluated', 'not_configured']).nullable(),
      alone: count.nullable(),
      only: count.nullable(),
    }),
  ),
  selected: count,
});

const filterRight = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.array(z.number())]);

/** The body of a request, as it goes out. */
export const scanRequestSchema = z.strictObject({
  columns: z.array(z.string()),
  options: z.strictObject({ lang: z.literal('en') }),
  range: z.tuple([count, count]),
  filter: z.array(z.strictObject({ left: z.string(), operation: z.enum(filterOperations), right: filterRight.optional() })),
  sort: z.strictObject({ sortBy: z.string(), sortOrder: z.enum(['asc', 'desc']) }).optional(),
});

/** Where the rows come from. */
export const scanSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('saved'), file: z.string() }),
  z.strictObject({
    kind: z.literal('live'),
    url: z.string(),
    pages: z.array(
      z.strictObject({
        range: z.tuple([count, count]),
        rows: count,
        /** Attempts that failed before this page came, and how long was waited after each. */
        retries: z.array(z.strictObject({ because: z.string(), waitSeconds: z.number().nonnegative() })),
      }),
    ),
  }),
]);
export type ScanSource = z.infer<typeof scanSourceSchema>;

/** An answer of an audit, or what it was asked about: a JSON value by its name. */
export const keptAnswerSchema = z.strictObject({ question: z.string(), content: z.unknown() });

import { z } from 'zod';

/** A report before it is markdown, HTML or drawn: `presentation/report/model/document.ts`. */

const cell = z.strictObject({
  text: z.string(),
  tone: z.enum(['plain', 'good', 'warn', 'bad', 'muted']),
  code: z.boolean().describe('A hash, an id or a path.'),
  shade: z.int().min(-4).max(4).optional().describe('From a great loss to a great gain.'),
});
const drawn = { id: z.string(), caption: z.string(), description: z.string().describe('In words.'), legend: z.array(z.string()) };
const numbers = z.array(z.number());
const named = z.array(z.strictObject({ name: z.string(), values: numbers }));
const branch = z.strictObject({ place: z.number(), height: z.number() });

const block = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paragraph'), text: z.string(), tone: cell.shape.tone }),
  z.strictObject({ kind: z.literal('list'), items: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('facts'), facts: z.array(z.strictObject({ name: z.string(), value: cell })) }),
  z.strictObject({ kind: z.literal('subheading'), text: z.string() }),
  z.strictObject({
    kind: z.literal('table'),
    caption: z.string(),
    columns: z.array(z.strictObject({ label: z.string(), numeric: z.boolean() })),
    rows: z.array(z.array(cell)),
  }),
  z.strictObject({
    kind: z.literal('line'),
    ...drawn,
    dates: z.array(z.string()),
    unit: z.enum(['ratio', 'percent']),
    scale: z.literal('doubling').optional(),
    series: z.array(z.strictObject({ name: z.string(), values: z.array(z.number().nullable()), emphasised: z.boolean() })),
  }),
  z.strictObject({ kind: z.literal('stack'), ...drawn, dates: z.array(z.string()), series: named }),
  z.strictObject({
    kind: z.literal('tree'),
    ...drawn,
    leaves: z.array(z.string()),
    merges: z.array(z.strictObject({ height: z.number(), branches: z.tuple([branch, branch]) })),
  }),
  z.strictObject({ kind: z.literal('bar'), ...drawn, categories: z.array(z.string()), series: named }),
]);

export const reportResult = z.strictObject({
  title: z.string(),
  lead: z.string(),
  sections: z.array(z.strictObject({ id: z.string(), title: z.string(), blocks: z.array(block) })),
});
export type ReportResult = z.infer<typeof reportResult>;

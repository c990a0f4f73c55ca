/** Answers that are files, as JSON. */
import { z } from 'zod';

const index = z
  .strictObject({
    kind: z.enum(['dates', 'names']).describe('Whether rows are sessions or have names.'),
    heading: z.string().describe('What the rows are called.'),
    values: z.array(z.string()).describe('A session, as YYYY-MM-DD, or the name of each row.'),
  })
  .describe('The rows, in their order.');

const column = z.strictObject({
  name: z.string().describe('A sleeve, a symbol, a profile or a figure.'),
  values: z.array(z.number().nullable()).describe('One for each row; null for an empty cell.'),
});

export const tableResult = z
  .strictObject({ index, columns: z.array(column).describe('In their order.') })
  .meta({ id: 'Table', description: 'A table of numbers, by column. Weights and returns are decimal fractions.' });

const tone = z.enum(['plain', 'good', 'warn', 'bad', 'muted']).describe('How it is meant.');

const cell = z.strictObject({
  text: z.string().describe('As it is written.'),
  tone,
  code: z.boolean().describe('Whether it is set in a fixed-width face.'),
  shade: z.int().min(-4).max(4).optional().describe('Of a heat map, from -4 for a great loss to 4 for a great gain; left out for none.'),
});

const chart = {
  id: z.string().describe('Unique in the report.'),
  caption: z.string().describe('Title of the chart.'),
  description: z.string().describe('What the chart shows, in words.'),
  legend: z.array(z.string()).describe('Names of the series.'),
};
const dates = z.array(z.string()).describe('Sessions, one for each value.');
const shares = z.array(
  z.strictObject({ name: z.string().describe('Name of the series.'), values: z.array(z.number()).describe('Decimal fractions.') }),
);

const branch = z.strictObject({
  place: z.number().describe('Place among the leaves.'),
  height: z.number().describe('Where it begins.'),
});

const block = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paragraph'), text: z.string(), tone }),
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
    ...chart,
    dates,
    unit: z.enum(['ratio', 'percent']).describe('`percent`: values are decimal fractions.'),
    scale: z.literal('doubling').optional().describe('Equal distances are equal factors; left out for an even scale.'),
    series: z.array(
      z.strictObject({
        name: z.string(),
        values: z.array(z.number().nullable()).describe('A line is broken where a value is null.'),
        emphasised: z.boolean(),
      }),
    ),
  }),
  z.strictObject({ kind: z.literal('stack'), ...chart, dates, series: shares }),
  z.strictObject({
    kind: z.literal('tree'),
    ...chart,
    leaves: z.array(z.string()).describe('From top to bottom.'),
    merges: z.array(z.strictObject({ height: z.number(), branches: z.tuple([branch, branch]) })),
  }),
  z.strictObject({ kind: z.literal('bar'), ...chart, categories: z.array(z.string()), series: shares }),
]);

export const reportResult = z
  .strictObject({
    title: z.string(),
    lead: z.string().describe('What the report is about, in a sentence.'),
    sections: z.array(z.strictObject({ id: z.string().describe('Unique in the report.'), title: z.string(), blocks: z.array(block) })),
  })
  .meta({ id: 'Report', description: 'A report before it is markdown or HTML: sections of texts, tables and charts with their numbers.' });

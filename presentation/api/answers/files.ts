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
const shares = z
  .array(z.strictObject({ name: z.string().describe('Name of the series.'), values: z.array(z.number()).describe('Decimal fractions.') }))
  .describe('One for each name.');

const branch = z.strictObject({
  place: z.number().describe('Place among the leaves.'),
  height: z.number().describe('Where it begins.'),
});

const block = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paragraph').describe('A paragraph.'), text: z.string().describe('What it says.'), tone }),
  z.strictObject({ kind: z.literal('list').describe('A list.'), items: z.array(z.string()).describe('Its items.') }),
  z.strictObject({
    kind: z.literal('facts').describe('Single figures, each with a name.'),
    facts: z
      .array(z.strictObject({ name: z.string().describe('What it is.'), value: cell.describe('How much it is.') }))
      .describe('In their order.'),
  }),
  z.strictObject({ kind: z.literal('subheading').describe('A heading within a section.'), text: z.string().describe('What it says.') }),
  z.strictObject({
    kind: z.literal('table').describe('A table.'),
    caption: z.string().describe('Title of the table.'),
    columns: z
      .array(
        z.strictObject({
          label: z.string().describe('Heading of the column, with its unit.'),
          numeric: z.boolean().describe('Whether it holds numbers.'),
        }),
      )
      .describe('From left to right.'),
    rows: z.array(z.array(cell)).describe('From top to bottom; a cell for each column.'),
  }),
  z.strictObject({
    kind: z.literal('line').describe('Lines over time.'),
    ...chart,
    dates,
    unit: z.enum(['ratio', 'percent']).describe('`percent`: values are decimal fractions.'),
    scale: z.literal('doubling').optional().describe('Equal distances are equal factors; left out for an even scale.'),
    series: z
      .array(
        z.strictObject({
          name: z.string().describe('Name of the series.'),
          values: z.array(z.number().nullable()).describe('A line is broken where a value is null.'),
          emphasised: z.boolean().describe('Whether it is drawn more strongly than the others.'),
        }),
      )
      .describe('A line each.'),
  }),
  z.strictObject({ kind: z.literal('stack').describe('Shares over time, one upon the other.'), ...chart, dates, series: shares }),
  z.strictObject({
    kind: z.literal('tree').describe('A dendrogram.'),
    ...chart,
    leaves: z.array(z.string()).describe('From top to bottom.'),
    merges: z
      .array(
        z.strictObject({
          height: z.number().describe('Distance at which they are joined.'),
          branches: z.tuple([branch, branch]).describe('What is joined.'),
        }),
      )
      .describe('Lowest first.'),
  }),
  z.strictObject({
    kind: z.literal('bar').describe('Bars.'),
    ...chart,
    categories: z.array(z.string()).describe('What a bar of each series stands for.'),
    series: shares,
  }),
]);

export const reportResult = z
  .strictObject({
    title: z.string().describe('Title of the report.'),
    lead: z.string().describe('What the report is about, in a sentence.'),
    sections: z
      .array(
        z.strictObject({
          id: z.string().describe('Unique in the report.'),
          title: z.string().describe('Heading of the section.'),
          blocks: z.array(block).describe('From top to bottom.'),
        }),
      )
      .describe('From top to bottom.'),
  })
  .meta({ id: 'Report', description: 'A report before it is markdown or HTML: sections of texts, tables and charts with their numbers.' });

import type { ReportDocument } from '../api/answers.ts';
import { Chart } from './chart.tsx';
import { Table } from './table.tsx';

type Section = ReportDocument['sections'][number];
type Block = Section['blocks'][number];
type TableBlock = Extract<Block, { kind: 'table' }>;
type Cell = TableBlock['rows'][number][number];

function CellText({ text, tone, code, shade = 0 }: Cell) {
  const shaded = shade === 0 ? '' : ` shade ${shade < 0 ? 'loss' : 'gain'}-${Math.abs(shade)}`;
  const classes = `${tone === 'plain' ? '' : tone}${shaded}`.trim();
  const inner = code ? <code>{text}</code> : text;
  return classes === '' ? <>{inner}</> : <span class={classes}>{inner}</span>;
}

/** Figures are sorted as the numbers that they show. */
function valueOf({ text }: Cell, isNumeric: boolean): string | number {
  if (!isNumeric) return text;
  const value = Number(text.replace(/\s*%$/, ''));
  return text === '' || Number.isNaN(value) ? text : value;
}

function ReportTable({ block }: { readonly block: TableBlock }) {
  return (
    <Table
      caption={block.caption}
      rows={block.rows}
      rowKey={(_row, index) => String(index)}
      empty="There is no row."
      columns={block.columns.map(({ label, numeric }, place) => ({
        label: label === '' ? ' ' : label,
        isNumeric: numeric,
        value: (row: readonly Cell[]) => valueOf(row[place]!, numeric),
        show: (row: readonly Cell[]) => <CellText {...row[place]!} />,
      }))}
    />
  );
}

export function BlockOf({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return <p class={block.tone === 'plain' ? undefined : block.tone}>{block.text}</p>;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      );
    case 'facts':
      return (
        <dl class="facts">
          {block.facts.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <CellText {...value} />
              </dd>
            </div>
          ))}
        </dl>
      );
    case 'subheading':
      return <h3>{block.text}</h3>;
    case 'table':
      return <ReportTable block={block} />;
    case 'line':
    case 'stack':
    case 'tree':
    case 'bar':
      return <Chart block={block} />;
  }
}

export function Blocks({ blocks }: { readonly blocks: readonly Block[] }) {
  return (
    <>
      {blocks.map((block, index) => (
        <BlockOf key={'id' in block ? block.id : `${block.kind} ${index}`} block={block} />
      ))}
    </>
  );
}

/** Charts and tables of a report whose id or caption is asked for, in the order of the report. */
export function blocksOf(document: ReportDocument, wanted: (block: Block, section: Section) => boolean): readonly Block[] {
  return document.sections.flatMap((section) => section.blocks.filter((block) => wanted(block, section)));
}

/** The sections of a report, each folded but for the first. */
export function ReportSections({ document, open = [] }: { readonly document: ReportDocument; readonly open?: readonly string[] }) {
  return (
    <>
      {document.sections.map((section) => (
        <Fold key={section.id} section={section} isOpen={open.includes(section.id)} />
      ))}
    </>
  );
}

function Fold({ section, isOpen }: { readonly section: Section; readonly isOpen: boolean }) {
  return (
    <details class="panel fold" open={isOpen} id={section.id}>
      <summary>
        <h2>{section.title}</h2>
      </summary>
      <Blocks blocks={section.blocks} />
    </details>
  );
}

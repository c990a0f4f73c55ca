import { visible } from '../../domain/shared/visible-text.ts';
import { htmlText } from '../escaped.ts';
import type { Charts } from '../ports/ports.ts';
import type { Block, Cell, ChartBlock, ReportDocument, TableBlock } from './model/document.ts';
import { style } from './html-style.ts';

function content({ text, code }: Cell): string {
  return code ? `<code>${htmlText(text)}</code>` : htmlText(text);
}

function toneClass(tone: Cell['tone']): string {
  return tone === 'plain' ? '' : tone;
}

function shadeClass({ shade = 0 }: Cell): string {
  if (shade === 0) return '';
  return `${shade < 0 ? 'loss' : 'gain'}-${Math.abs(shade)}`;
}

function attribute(classes: readonly string[]): string {
  const used = classes.filter((name) => name !== '');
  return used.length === 0 ? '' : ` class="${used.join(' ')}"`;
}

function tableHtml({ caption, columns, rows }: TableBlock): string {
  const head = columns
    .map(({ label, numeric }) => `<th scope="col"${attribute([numeric ? 'number' : ''])}>${htmlText(label)}</th>`)
    .join('');
  const body = rows.map((row) => {
    const cells = row.map((cell, index) => {
      const classes = attribute([columns[index]!.numeric ? 'number' : '', cell.code ? 'code' : '', toneClass(cell.tone), shadeClass(cell)]);
      return index === 0 ? `<th scope="row"${classes}>${content(cell)}</th>` : `<td${classes}>${content(cell)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  // The region scrolls by keyboard too; its name is the caption's.
  const title = htmlText(caption);
  const named = `<caption><span>${title}</span></caption>`;
  const table = `<table>${named}<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody></table>`;
  return `<div class="scroll" role="region" tabindex="0" aria-label="${title}">${table}</div>`;
}

const named = <Series extends { readonly name: string }>(series: readonly Series[]): Series[] =>
  series.map((one) => ({ ...one, name: visible(one.name) }));

async function drawing(charts: Charts, block: ChartBlock, size: 'wide' | 'narrow'): Promise<string> {
  const width = size === 'wide' ? 1100 : 360;
  const id = `${block.id}-${size}`;
  const overTime = { id, width, height: size === 'wide' ? 340 : 260 };
  switch (block.kind) {
    case 'line':
      return charts.lineChart({
        ...overTime,
        dates: block.dates,
        unit: block.unit,
        scale: block.scale ?? 'even',
        series: named(block.series),
      });
    case 'stack':
      return charts.stackChart({ ...overTime, dates: block.dates, series: named(block.series) });
    case 'tree':
      return charts.treeChart({
        id,
        width,
        height: 44 + 26 * block.leaves.length,
        leaves: block.leaves.map(visible),
        merges: block.merges,
      });
    case 'bar':
      return charts.barChart({
        id,
        width,
        height: 44 + 34 * block.categories.length,
        categories: block.categories.map(visible),
        series: named(block.series),
      });
  }
}

/** Two drawings of the same figure, one for small screens: type that shrinks with a picture is not read. */
async function figureHtml(charts: Charts, block: ChartBlock): Promise<string> {
  const legend = block.legend.map((name, index) => `<li style="--swatch:var(--chart-${(index % 8) + 1})">${htmlText(name)}</li>`).join('');
  const image = async (size: 'wide' | 'narrow'): Promise<string> =>
    `<div class="${size}" role="img" ` +
    `aria-label="${htmlText(`${block.caption}. ${block.description}`)}">${await drawing(charts, block, size)}</div>`;
  const names = legend === '' ? '' : `<ul class="legend">${legend}</ul>`;
  return (
    `<figure data-chart="${htmlText(block.id)}"><figcaption>${htmlText(block.caption)}</figcaption>` +
    `${names}${await image('wide')}${await image('narrow')}</figure>`
  );
}

async function blockHtml(charts: Charts, block: Block): Promise<string> {
  switch (block.kind) {
    case 'paragraph':
      return `<p${attribute([toneClass(block.tone)])}>${htmlText(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${htmlText(item)}</li>`).join('')}</ul>`;
    case 'facts': {
      const facts = block.facts.map(
        ({ name, value }) => `<dt>${htmlText(name)}</dt><dd${attribute([toneClass(value.tone)])}>${content(value)}</dd>`,
      );
      return `<dl>${facts.join('')}</dl>`;
    }
    case 'subheading':
      return `<h3>${htmlText(block.text)}</h3>`;
    case 'table':
      return tableHtml(block);
    case 'line':
    case 'stack':
    case 'tree':
    case 'bar':
      return figureHtml(charts, block);
  }
}

/** The report as one page that needs nothing else: style and drawings stand in it, and its policy forbids every request. */
export async function renderHtml(charts: Charts, { title, lead, sections }: ReportDocument): Promise<string> {
  const bodies: string[] = [];
  for (const section of sections) {
    const blocks: string[] = [];
    for (const block of section.blocks) blocks.push(await blockHtml(charts, block));
    bodies.push(
      `<section id="${htmlText(section.id)}" aria-labelledby="${htmlText(section.id)}-title"><h2 ` +
        `id="${htmlText(section.id)}-title">${htmlText(section.title)}</h2>\n${blocks.join('\n')}\n</section>`,
    );
  }
  const links = sections.map((section) => `<li><a href="#${htmlText(section.id)}">${htmlText(section.title)}</a></li>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${htmlText(title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${htmlText(title)}</h1><p class="lead">${htmlText(lead)}</p><nav aria-label="Sections"><ul>${links}</ul></nav></header>
<main>
${bodies.join('\n')}
</main>
<footer><p>Written by sleeve-ledger from recorded events and artifacts. Simulated or historical returns promise nothing.</p></footer>
</body>
</html>
`;
}

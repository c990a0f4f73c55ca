import type { Block, Cell, ReportDocument, TableBlock, Tone } from './model/document.ts';

/** Text as text: nothing in it is read as markup. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\`*<>[\]|#~]/g, (character) => `\\${character}`)
    .replaceAll('&', '&amp;')
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replaceAll(/\s*\n\s*/g, ' ');
}

function codeSpan(text: string): string {
  return /^[A-Za-z0-9 :._/+=!-]+$/.test(text) ? `\`${text}\`` : escaped(text);
}

const marks: Record<Tone, string> = { plain: '', muted: '', good: '', warn: '**', bad: '**' };

function cellText({ text, tone, code }: Cell): string {
  if (text === '') return '';
  const mark = marks[tone];
  return `${mark}${code ? codeSpan(text) : escaped(text)}${mark}`;
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function tableText({ caption, columns, rows }: TableBlock): string {
  const head = [tableLine(columns.map(({ label }) => escaped(label))), tableLine(columns.map(({ numeric }) => (numeric ? '---:' : '---')))];
  return [`**${escaped(caption)}**`, '', ...head, ...rows.map((row) => tableLine(row.map(cellText)))].join('\n');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `${marks[block.tone]}${escaped(block.text)}${marks[block.tone]}`;
    case 'list':
      return block.items.map((item) => `- ${escaped(item)}`).join('\n');
    case 'facts':
      return block.facts.map(({ name, value }) => `- ${escaped(name)}: ${cellText(value)}`).join('\n');
    case 'subheading':
      return `### ${escaped(block.text)}`;
    case 'table':
      return tableText(block);
    case 'line':
    case 'stack':
    case 'tree':
    case 'bar':
      return `${escaped(block.caption)} (drawn in the HTML report). ${escaped(block.description)}`;
  }
}

/** The report as GitHub-flavoured markdown; drawings become words. */
export function renderMarkdown({ title, lead, sections }: ReportDocument): string {
  const parts = [
    `# ${escaped(title)}`,
    escaped(lead),
    ...sections.flatMap((section) => [`## ${escaped(section.title)}`, ...section.blocks.map(blockText)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

import { markdownLine, markdownText } from '../escaped.ts';
import type { Block, Cell, ReportDocument, TableBlock, Tone } from './model/document.ts';

function codeSpan(text: string): string {
  return /^[A-Za-z0-9 :._/+=!-]+$/.test(text) ? `\`${text}\`` : markdownText(text);
}

const marks: Record<Tone, string> = { plain: '', muted: '', good: '', warn: '**', bad: '**' };

function cellText({ text, tone, code }: Cell): string {
  if (text === '') return '';
  const mark = marks[tone];
  return `${mark}${code ? codeSpan(text) : markdownText(text)}${mark}`;
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function tableText({ caption, columns, rows }: TableBlock): string {
  const head = [
    tableLine(columns.map(({ label }) => markdownText(label))),
    tableLine(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
  ];
  return [`**${markdownText(caption)}**`, '', ...head, ...rows.map((row) => tableLine(row.map(cellText)))].join('\n');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return marks[block.tone] === '' ? markdownLine(block.text) : `${marks[block.tone]}${markdownText(block.text)}${marks[block.tone]}`;
    case 'list':
      return block.items.map((item) => `- ${markdownText(item)}`).join('\n');
    case 'facts':
      return block.facts.map(({ name, value }) => `- ${markdownText(name)}: ${cellText(value)}`).join('\n');
    case 'subheading':
      return `### ${markdownText(block.text)}`;
    case 'table':
      return tableText(block);
    case 'line':
    case 'stack':
    case 'tree':
    case 'bar':
      return `${markdownLine(block.caption)} (drawn in the HTML report). ${markdownText(block.description)}`;
  }
}

/** The report as GitHub-flavoured markdown; drawings become words. */
export function renderMarkdown({ title, lead, sections }: ReportDocument): string {
  const parts = [
    `# ${markdownText(title)}`,
    markdownLine(lead),
    ...sections.flatMap((section) => [`## ${markdownText(section.title)}`, ...section.blocks.map(blockText)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

import type { Block } from './verb.ts';

/** A cell of a table: a bar would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `## ${block.text}`;
    case 'table':
      return [row(block.head), row(block.head.map(() => '---')), ...block.rows.map(row)].join('\n');
    case 'lines':
      // Each line stands by itself.
      return block.lines.filter((line) => line !== '').join('\n\n');
    default:
      return ['```', ...block.lines, '```'].join('\n');
  }
}

/** What a person sees, as markdown. */
export function markdownOf(title: string, blocks: readonly Block[]): string {
  return `${[`# ${title}`, ...blocks.map(blockText)].filter((text) => text !== '').join('\n\n')}\n`;
}

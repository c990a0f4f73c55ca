import { markdownFence, markdownLine, markdownText } from '../escaped.ts';
import type { Block } from './verb.ts';

const row = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `## ${markdownText(block.text)}`;
    case 'table':
      return [row(block.head), row(block.head.map(() => '---')), ...block.rows.map(row)].join('\n');
    case 'lines':
      // Each line stands by itself.
      return block.lines
        .filter((line) => line !== '')
        .map(markdownLine)
        .join('\n\n');
    default:
      return markdownFence(block.lines);
  }
}

/** What a person sees, as markdown. */
export function markdownOf(title: string, blocks: readonly Block[]): string {
  return `${[`# ${markdownText(title)}`, ...blocks.map(blockText)].filter((text) => text !== '').join('\n\n')}\n`;
}

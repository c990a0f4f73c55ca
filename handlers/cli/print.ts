import Table from 'cli-table3';
import type { Block } from './verb.ts';

/** Renders what a person sees; plain text, no colours, so that it can be piped and compared. */
export function printed(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join('\n');
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `\n${block.text}\n${'-'.repeat(block.text.length)}`;
    case 'lines':
      return block.lines.join('\n');
    case 'table': {
      const grid = new Table({
        head: [...block.head],
        style: { head: [], border: [], compact: true },
        chars: { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
      });
      grid.push(...block.rows.map((row) => [...row]));
      return grid.toString();
    }
  }
}

import Table from 'cli-table3';
import type { Block } from './verb.ts';

/** Control and formatting characters as escapes: no name, reason or file can start a line of its own or command the terminal. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}

/** Renders what a person sees; plain text, no colours, so that it can be piped and compared. */
export function printed(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join('\n');
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `\n${oneLine(block.text)}\n${'-'.repeat(oneLine(block.text).length)}`;
    case 'lines':
      return block.lines.map(oneLine).join('\n');
    case 'table': {
      const grid = new Table({
        head: [...block.head],
        style: { head: [], border: [], compact: true },
        chars: {
          top: '',
          'top-mid': '',
          'top-left': '',
          'top-right': '',
          bottom: '',
          'bottom-mid': '',
          'bottom-left': '',
          'bottom-right': '',
          left: '',
          'left-mid': '',
          mid: '',
          'mid-mid': '',
          right: '',
          'right-mid': '',
          middle: '  ',
        },
      });
      grid.push(...block.rows.map((row) => row.map(oneLine)));
      return grid.toString();
    }
  }
}

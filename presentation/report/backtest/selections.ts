import type { SleeveSelected } from '../../../domain/backtest-run/events.ts';
import { stabilityOf } from '../../../domain/selection/stability.ts';
import { type Block, type Cell, cell, columns, decimal, orNone, paragraph, percent, table } from '../model/document.ts';

const nameOf = ({ path }: SleeveSelected): string => path.join('/');

/** The decisions that windows hold: those of each window, or the one of a static universe. */
function heldDecisions({ decisions }: SleeveSelected): SleeveSelected['decisions'] {
  const windows = decisions.filter(({ scope }) => scope === 'window');
  return windows.length > 0 ? windows : decisions.filter(({ scope }) => scope === 'static');
}

function rowOf(selected: SleeveSelected): Cell[] {
  const held = heldDecisions(selected);
  const usable = held.filter(({ aborted }) => aborted.length === 0);
  const isDynamic = held.some(({ scope }) => scope === 'window');
  const won = usable.reduce((sum, { entered }) => sum + entered.length, 0);
  const { meanJaccard } = stabilityOf(
    held.map(({ aborted, entered }) => (aborted.length > 0 ? null : entered.map(({ symbol, direction }) => `${symbol} ${direction}`))),
  );
  const aborted = held.length - usable.length;
  return [
    cell(nameOf(selected)),
    cell(selected.mode),
    cell(isDynamic ? 'in each window' : 'once, from the last rows', isDynamic ? 'plain' : 'warn'),
    isDynamic ? cell(String(held.length)) : cell('-', 'muted'),
    cell(String(aborted), aborted > 0 ? 'warn' : 'plain'),
    orNone(usable.length === 0 ? null : won / usable.length, (value) => decimal(value, 1)),
    orNone(meanJaccard, percent),
  ];
}

/** Which windows of a sleeve hold cash, and by which rules; a window's date is that of the newest row that it read. */
function cashText(selected: SleeveSelected): Block[] {
  const aborted = heldDecisions(selected).filter((decision) => decision.aborted.length > 0);
  if (aborted.length === 0) return [];
  const byRule = new Map<string, string[]>();
  for (const { aborted: rules, newestRead } of aborted) {
    const why = rules.join(' and ');
    byRule.set(why, [...(byRule.get(why) ?? []), newestRead]);
  }
  const why = [...byRule].map(([rules, dates]) => `${rules} after ${dates.join(', ')}`).join('; ');
  return [paragraph(`${nameOf(selected)} holds cash in ${aborted.length} of ${heldDecisions(selected).length} windows: ${why}.`, 'warn')];
}

/** What each sleeve that selects let in, and where it held cash; nothing where none selects. */
export function selectionBlocks(selected: readonly SleeveSelected[]): Block[] {
  if (selected.length === 0) return [];
  return [
    table(
      'Selections of the sleeves, the same for every profile; Jaccard: what the winners of a window and of the one before have in common',
      columns('sleeve', 'mode', 'selected', 'windows#', 'aborted#', 'mean winners#', 'mean Jaccard#'),
      selected.map(rowOf),
    ),
    ...selected.flatMap(cashText),
  ];
}

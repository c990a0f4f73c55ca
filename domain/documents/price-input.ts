import { calendarsOf } from '../returns/calendar.ts';
import type { PriceFile } from '../returns/price-file.ts';
import type { PriceInput } from '../run/price-input.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { StagedArtifacts } from './staged-artifacts.ts';

/** A file of prices as an input, its table staged. */
export function priceInputOf(
  { file, sha256, table, lines, defects, reading, renamed = {} }: PriceFile,
  staged: StagedArtifacts,
): PriceInput {
  const used = Object.entries(renamed)
    .filter(([symbol]) => table.symbols.includes(symbol))
    .toSorted(([left], [right]) => byCodeUnits(left, right));
  return {
    role: 'prices',
    name: file,
    fileSha256: sha256,
    table: staged.table({ dates: table.dates, columns: table.symbols, values: table.closes }, calendarsOf(table.symbols)),
    lines: lines === null || 'first' in lines ? lines : [...lines],
    defects: [...defects],
    ...(reading === undefined ? {} : { reading }),
    ...(used.length === 0 ? {} : { renamed: Object.fromEntries(used) }),
  };
}

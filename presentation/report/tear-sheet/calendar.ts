import type { PeriodReturn } from '../../../domain/metrics/months.ts';
import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import { type Block, type Cell, cell, columns, orNone, paragraph, percent, table } from '../model/document.ts';

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Sizes of a return from which a heat map takes the next colour. */
const shadeSteps = [0.005, 0.02, 0.05];

function shadeOf(total: number): number {
  if (total === 0) return 0;
  return Math.sign(total) * (1 + shadeSteps.filter((step) => Math.abs(total) >= step).length);
}

function periodCell(found: PeriodReturn | undefined): Cell {
  if (found === undefined) return cell('');
  return { ...cell(`${percent(found.total, 1)}${found.isPartial ? '*' : ''}`), shade: shadeOf(found.total) };
}

/** Months as a heat map: a year a row. */
export function monthsTable({ calendar: { months, years } }: TearSheet): Block[] {
  const byPeriod = new Map(months.map((month) => [month.period, month]));
  const rows = years.map((year): Cell[] => [
    cell(year.period),
    ...monthNames.map((_, month) => periodCell(byPeriod.get(`${year.period}-${String(month + 1).padStart(2, '0')}`))),
    periodCell(year),
  ]);
  const hasPartial = months.some(({ isPartial }) => isPartial);
  return [
    table('Monthly returns', columns('year', ...monthNames.map((name) => `${name}#`), 'year#'), rows),
    ...(hasPartial ? [paragraph('* The stream does not hold every session of this month or year.', 'muted')] : []),
  ];
}

const rowsText = (rows: number): string => String(rows);

export function worstDrawdownsTable({ drawdowns: { worst, episodes, averageLengthRows } }: TearSheet): Block {
  if (worst.length === 0) return paragraph('The stream was never below its highest wealth.');
  const rows = worst.map(({ peak, valley, recovery, depth, rowsToValley, rowsToRecovery, daysToRecovery }): Cell[] => [
    cell(peak),
    cell(valley),
    recovery === null ? cell('not yet', 'warn') : cell(recovery),
    cell(percent(depth)),
    cell(rowsText(rowsToValley)),
    orNone(rowsToRecovery, rowsText),
    orNone(daysToRecovery, rowsText),
  ]);
  const average = averageLengthRows === null ? '' : `, ${averageLengthRows.toFixed(1)} rows long on average`;
  return table(
    `Worst drawdowns: ${worst.length} of ${episodes}${average}`,
    columns('high', 'lowest', 'recovered', 'depth#', 'rows down#', 'rows to recovery#', 'calendar days#'),
    rows,
  );
}

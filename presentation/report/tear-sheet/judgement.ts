import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import type { Robustness } from '../../../domain/tear-sheet/tear-sheet-input.ts';
import { type Block, type Cell, cell, code, columns, decimal, facts, orNone, paragraph, percent, table } from '../model/document.ts';
import { acceptanceTable } from './verdicts.ts';

/** Which run of each sleeve, whether the sleeves are comparable, and what was found of the whole. */
export function judgementBlocks({ trace, parity, verdicts }: TearSheet): Block[] {
  return [
    ...(parity === null ? [] : [facts(['Parity', cell(parity.verdict)], ['Decision', cell(parity.decision)])]),
    ...(trace === null
      ? []
      : [
          table(
            'The run of each sleeve',
            columns('sleeve', 'run', 'as of', 'grade'),
            trace.map(({ path, runId, asOf, grade }) => [cell(path.join(' / ')), code(runId), cell(asOf), cell(grade)]),
          ),
        ]),
    ...(verdicts === null ? [] : [acceptanceTable(verdicts)]),
  ];
}

function deflatedBlocks(found: Robustness['deflatedSharpe']): Block[] {
  if (found === null) return [];
  if (found === 'unknown') return [paragraph('Deflated Sharpe ratio: UNKNOWN, for the ledger does not hold the number of trials.', 'warn')];
  const { trials, deflated, probabilistic, sharpePerRow, expectedMaximum, rows } = found;
  return [
    facts(
      ['Deflated Sharpe ratio', cell(`${percent(deflated)}, after at least ${trials} recorded trials`)],
      ['Probabilistic Sharpe ratio', cell(percent(probabilistic))],
      ['Sharpe ratio per row', cell(`${decimal(sharpePerRow)} over ${rows} rows`)],
      ['Best expected without skill', cell(decimal(expectedMaximum))],
    ),
  ];
}

const bandCell = (found: number | undefined): Cell => orNone(found ?? null, (value) => decimal(value));

function bandsBlocks(bands: Robustness['bands']): Block[] {
  if (bands === null) return [];
  return [
    table(
      'Bands of the block bootstrap',
      columns('figure', '5 %#', '50 %#', '95 %#', 'replicates without a value#'),
      Object.entries(bands).map(([figure, band]) => [
        cell(figure),
        bandCell(band?.low),
        bandCell(band?.middle),
        bandCell(band?.high),
        orNone(band?.undefinedIn ?? null, String),
      ]),
    ),
  ];
}

function offsetBlocks(found: Robustness['startOffsets']): Block[] {
  if (found === null) return [];
  const { dates, spreads } = found;
  return [
    table(
      `Start offsets, on ${dates.length} common dates`,
      columns('figure', 'least#', 'median#', 'greatest#', 'place of offset 0#'),
      spreads.map(({ figure, min, median, max, rankOfZero, perOffset }) => [
        cell(figure),
        cell(decimal(min)),
        cell(decimal(median)),
        cell(decimal(max)),
        cell(`${rankOfZero} of ${perOffset.length}`),
      ]),
    ),
  ];
}

/** How much of it is luck. */
export function robustnessBlocks({ robustness }: TearSheet): Block[] {
  if (robustness === null) return [];
  const { deflatedSharpe, bands, startOffsets } = robustness;
  return [...deflatedBlocks(deflatedSharpe), ...bandsBlocks(bands), ...offsetBlocks(startOffsets)];
}

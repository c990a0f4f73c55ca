import { type Block, type Cell, cell, code, columns, paragraph, type Section, table } from '../model/document.ts';
import { type ComputedInput, readOf } from '../../../domain/run/supply-input.ts';
import type { BacktestReport } from './model.ts';

/** Dropped symbols that a row lists. */
const listedMax = 12;

function listed(symbols: readonly string[]): string {
  const rest = symbols.length - listedMax;
  return `${symbols.slice(0, listedMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Of the bytes of the file, or of the scan that is recorded. */
function fileHashOf(input: ComputedInput): string {
  if (input.role !== 'scan') return input.fileSha256;
  return input.origin.kind === 'export' ? input.origin.fileSha256 : input.origin.snapshot;
}

function pricesTable({ started }: BacktestReport): Block {
  return table(
    'Where the prices of each sleeve are from',
    columns('sleeve', 'profile', 'prices', 'SHA-256 of the file', 'SHA-256 of what was read', 'rows#'),
    started.sleeves.flatMap(({ path, sleeve, profile, sourceRunId, inputs }) =>
      inputs.map((input): Cell[] => [
        cell(path.join(' / ')),
        cell(sleeve === profile ? sleeve : `${sleeve} = ${profile}`),
        cell(sourceRunId === null ? input.name : `${input.name}, as run ${sourceRunId} read it`),
        code(fileHashOf(input)),
        code(readOf(input).sha256),
        cell(String(readOf(input).rows ?? '')),
      ]),
    ),
  );
}

function universeTable({ started }: BacktestReport): Block {
  return table(
    'The universe and the grid of each sleeve',
    columns('sleeve', 'grid from', 'to', 'rows#', 'coverage judged from', 'up to', 'symbols kept#', 'dropped'),
    started.sleeves.map(({ path, grid, coverage, kept, dropped }): Cell[] => [
      cell(path.join(' / ')),
      code(grid.first),
      code(grid.last),
      cell(String(grid.rows)),
      code(coverage.first),
      code(coverage.last),
      cell(String(kept)),
      dropped.length === 0 ? cell('none', 'muted') : cell(listed(dropped), 'warn'),
    ]),
  );
}

/** Where the numbers come from: runs or files, symbols, rows. */
export function backtestTrace(report: BacktestReport): Section {
  return {
    id: 'trace',
    title: 'Where the numbers come from',
    blocks: [
      pricesTable(report),
      universeTable(report),
      paragraph(
        'Every sleeve runs its own windows here, under the settings of one manifest: there is no run of a sleeve to compare, so parity ' +
          'is not judged. flow meta judges it before a live allocation.',
        'muted',
      ),
    ],
  };
}

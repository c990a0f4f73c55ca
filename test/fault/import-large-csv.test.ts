import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { limits } from '../../domain/shared/limits.ts';
import { reportFigures } from '../support/figures.ts';
import { parsingProcess } from '../support/parsing.ts';
import { watchChildren } from './support/watch-children.ts';

const parsing = parsingProcess(120_000);
const dayMs = 86_400_000;

/** A table whose cells are the row and then always the same texts; `dateOf` writes its dates. */
function tableOf(
  size: { readonly rows: number; readonly columns: number },
  written: { readonly delimiter: ',' | ';'; readonly cell: string; readonly dateOf: (iso: string) => string },
): Uint8Array {
  const { delimiter, cell, dateOf } = written;
  const names = Array.from({ length: size.columns }, (_, column) => `X:${column}`);
  const tail = `${delimiter}${cell}`.repeat(size.columns - 1);
  const first = Date.UTC(1950, 0, 1);
  const rows = Array.from({ length: size.rows }, (_, row) => {
    const iso = new Date(first + row * dayMs).toISOString().slice(0, 10);
    return `${dateOf(iso)}${delimiter}${row}${tail}\n`;
  });
  return Buffer.from(`date${delimiter}${names.join(delimiter)}\n${rows.join('')}`);
}

const asIs = (iso: string): string => iso;
const german = (iso: string): string => iso.split('-').toReversed().join('.');

describe('a large price file in CSV, read by the process that may take 256 MB', () => {
  test.each([
    ['plain', ',', '1234.5678901', asIs],
    ['German', ';', '1234,5678901', german],
  ] as const)('60 MB of %s text with 4.7 million cells are read below its bound', async (name, delimiter, cell, dateOf) => {
    const bytes = tableOf({ rows: 20_000, columns: 236 }, { delimiter, cell, dateOf });
    expect(bytes.length).toBeGreaterThan(60_000_000);
    const most = watchChildren();
    const started = Date.now();
    const { table } = (await parsing.read('csvPrices', bytes, 'large.csv')) as Pick<PriceFile, 'table'>;
    const ms = Date.now() - started;
    reportFigures({ test: `60 MB of ${name} CSV`, seed: null, trials: 1, ms, childBytes: most() });
    expect(table.dates).toHaveLength(20_000);
    expect(table.dates.at(-1)).toBe('2004-10-03');
    expect(table.closes).toHaveLength(236);
    expect(table.closes[0]!.every((value, row) => value === row)).toBe(true);
    expect(table.closes.slice(1).every((column) => column.length === 20_000 && column.every((value) => value === 1234.5678901))).toBe(true);
  });

  test('one with more cells than are read is refused before its cells are made', async () => {
    const bytes = tableOf({ rows: 10_001, columns: 2_000 }, { delimiter: ',', cell: '1', dateOf: asIs });
    const started = Date.now();
    const error: unknown = await parsing.read('csvPrices', bytes, 'large.csv').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LedgerError);
    expect(error).toMatchObject({ code: 'LimitExceeded', message: expect.stringContaining(`at most ${limits.priceCellsMax} are read`) });
    expect(Date.now() - started).toBeLessThan(limits.parsingMsMax);
  });
});

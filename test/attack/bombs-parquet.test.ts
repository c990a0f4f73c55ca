/** Parquet files that would cost far more than their length. */
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../domain/shared/errors.ts';
import { watchChildren } from '../fault/support/watch-children.ts';
import { parsingProcess } from '../support/parsing.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { expectCheap, expectRefused, measured, megabytesMax, noteMeasured } from './support/bombs.ts';
import { bombsWithinPages, honestParquet, parquetBombs } from './support/parquet-bombs.ts';

const scratch = scratchDirectory();
/** The deadline is for a machine that does nothing else; the processor time that a file may take ends these long before. */
const parsing = parsingProcess(120_000);

describe('a parquet file of somebody else', () => {
  test.each(Object.keys(parquetBombs))('%s is refused before a page is decoded', (name) => {
    const found = measured(scratch, 'parquet prices', name, parquetBombs[name]!(), 'parquet');
    expectRefused(found, 'PriceFileUnreadable', 'LimitExceeded');
    expect(found.at.file).toMatch(/bomb\.parquet$/);
  });

  test.each(Object.keys(bombsWithinPages))('%s ends the process that reads files, and nothing else', async (name) => {
    const bytes = bombsWithinPages[name]!();
    const most = watchChildren();
    const error: unknown = await parsing.read('parquetPrices', bytes, 'bomb.parquet').then(
      () => 'read',
      (caught: unknown) => caught,
    );
    const childMegabytes = most() / 1_048_576;
    noteMeasured('parquet prices, apart', name, bytes.length, error instanceof LedgerError ? error.code : String(error), 1, childMegabytes);
    expect(error).toMatchObject({ code: 'LimitExceeded', at: { file: 'bomb.parquet' } });
    // It is looked at every 5 ms, and grows meanwhile.
    expect(childMegabytes).toBeLessThan(1.5 * megabytesMax);
  });

  test.each(Object.keys(honestParquet))('%s is read', (name) => {
    const found = measured(scratch, 'parquet prices', name, honestParquet[name]!(), 'parquet');
    expect([found.message, found.code]).toEqual(['read', null]);
    expectCheap(found);
  });
});

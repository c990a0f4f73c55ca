import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { corpusIn, readLikeItsSource } from '../../support/parquet-corpus.ts';

/**
 * Pages of DuckDB from 1.3 on are padded by more than a group of eight, unsigned integers have all their bits, and differences, decimals,
 * half precision, INT96 and columns without any value are what their writers meant. Of each kind a file; the tier of faults reads all.
 */
describe('parquet files of other writers', () => {
  const folder = join(import.meta.dirname, '../../fixtures/parquet/corpus');
  test.each(corpusIn(folder))('$file is read as its source', async ({ file, content }) => {
    expect(await readLikeItsSource(readFileSync(join(folder, file)), file)).toEqual(content);
  });
});

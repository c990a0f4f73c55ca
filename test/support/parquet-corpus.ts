import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseParquetPrices } from '../../infra/parquet/parquet-prices.ts';

/** What a writer was given: dates, and by column its values, null where there is none. */
export interface CorpusContent {
  readonly dates: readonly string[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface CorpusFile {
  readonly file: string;
  readonly content: CorpusContent;
}

/** The files that `test/fixtures/make-parquet-corpus.py` wrote into a folder. */
export function corpusIn(folder: string): CorpusFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => Object.entries(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, CorpusContent>))
    .map(([file, content]) => ({ file, content }));
}

/** A file as our reader has it, in the form of its source. */
export async function readLikeItsSource(bytes: Uint8Array, file: string): Promise<CorpusContent> {
  const { table } = await parseParquetPrices(bytes, file);
  const columns = table.symbols.map((symbol, at) => [
    symbol,
    Array.from(table.closes[at]!, (value) => (Number.isNaN(value) ? null : value)),
  ]);
  return { dates: table.dates, columns: Object.fromEntries(columns) as CorpusContent['columns'] };
}

import type { PriceFile } from '../../domain/returns/price-file.ts';
import { wordsOfReading } from '../../domain/shared/csv-reading.ts';
import { mergeSpellings } from '../../domain/shared/symbol.ts';

/** How files were read, where that is not the plain way. */
export function readingWarnings(files: readonly Pick<PriceFile, 'file' | 'reading'>[]): string[] {
  return files.flatMap(({ file, reading }) => (reading === undefined ? [] : [`${file}: ${wordsOfReading(reading)}`]));
}

/** Symbols that a list names in several spellings: they are taken once. */
export function spellingWarnings(names: readonly string[]): string[] {
  return mergeSpellings(names).merged.map(({ symbol, written }) => `${written.join(' and ')} are both ${symbol}, taken once`);
}

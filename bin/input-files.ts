import { createPriceSource } from '../infra/files/price-source.ts';
import { createRunDirectories } from '../infra/files/run-directories.ts';
import { createSymbolFiles } from '../infra/files/symbol-files.ts';
import { metadataParsers, priceParsers, returnsParsers } from './file-readers.ts';

export { stopReading } from './file-readers.ts';
export { returnsParsers };

/** What is read of files that others wrote. */
export const prices = createPriceSource(priceParsers);
export const symbolFiles = createSymbolFiles(metadataParsers);
export const runDirectories = createRunDirectories(returnsParsers);

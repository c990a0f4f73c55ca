import { starterManifest } from '../../domain/manifest/starter.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import type { CsvAsked } from '../../domain/shared/csv-reading.ts';
import type { Ports } from '../ports/ports.ts';

interface Starter extends Pick<ReturnType<typeof starterManifest>, 'profiles' | 'metaProfile' | 'notes'> {
  readonly read: readonly PriceFile[];
}

/** Price files, and how those of separated text are read. */
export interface PriceFiles {
  readonly files: readonly string[];
  readonly asked: CsvAsked;
}

/**
 * Writes a starter manifest from the columns of price files. Errors: OutputExists, OutputProtected, FileMissing, those of the price files
 * and of `starterManifest`.
 */
export async function writeStarterManifest(
  { files, prices }: Pick<Ports, 'files' | 'prices'>,
  file: string,
  { files: names, asked }: PriceFiles,
): Promise<Starter> {
  await files.checkOutput(file);
  const read: PriceFile[] = [];
  for (const name of names) read.push(identifiedPrices(await prices.readPrices(name, asked)));
  const { manifest, ...starter } = starterManifest(read.map(({ file: name, table }) => ({ file: name, symbols: table.symbols })));
  await files.writeWhole(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return { ...starter, read };
}

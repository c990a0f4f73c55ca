import { starterManifest } from '../../domain/manifest/starter.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';

type Starter = Pick<ReturnType<typeof starterManifest>, 'profiles' | 'metaProfile' | 'notes'>;

/**
 * Writes a starter manifest from the columns of price files. Errors: Usage when there is one, FileMissing, those of the price files and of
 * `starterManifest`.
 */
export async function writeStarterManifest(
  { files, prices }: Pick<Ports, 'files' | 'prices'>,
  file: string,
  priceFiles: readonly string[],
  overwrite: boolean,
): Promise<Starter> {
  if (!overwrite && (await files.exists(file))) throw new LedgerError('Usage', `${file} exists; --force overwrites it`, { at: { file } });
  const columns = [];
  for (const name of priceFiles) columns.push({ file: name, symbols: (await prices.readPrices(name)).table.symbols });
  const { manifest, ...starter } = starterManifest(columns);
  await files.writeWhole(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return starter;
}

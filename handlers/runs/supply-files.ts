import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import { admitVolumes, selectionSupplyOf, type SupplyFiles } from '../../domain/allocation/sleeve/given-supply.ts';
import { baseName } from './base-name.ts';

/**
 * Files beside prices as a run takes them: named without their folders, symbols in their one spelling.
 * Errors: SupplyFileInvalid, SymbolTwice.
 */
export function takenOver({ volumes, metadata }: SupplyFiles): SupplyFiles {
  admitVolumes(volumes);
  const identified = volumes.map(identifiedPrices);
  // Two files that speak of one symbol are refused before anything is computed.
  selectionSupplyOf({ volumes: identified, metadata, scans: [] });
  return {
    volumes: identified.map((file) => ({ ...file, file: baseName(file.file) })),
    metadata: metadata.map((file) => ({ ...file, file: baseName(file.file) })),
  };
}

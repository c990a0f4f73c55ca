import type { PriceFile } from '../../domain/returns/price-file.ts';
import { type SupplyFiles, symbolsWithoutPrices } from '../../domain/allocation/sleeve/given-supply.ts';
import { csvAsked } from './csv-flags.ts';
import { filesFlag } from './flags.ts';
import { readingWarnings } from './price-warnings.ts';
import type { Flag, FlagValues, VerbContext } from './verb.ts';

/** What is known of symbols beside their prices, for verbs that read prices. */
export const supplyFlags: readonly Flag[] = [
  { flags: '--volumes <file...>', summary: 'shares or units a day, shaped like --prices: what a selection measures liquidity by' },
  { flags: '--metadata <file...>', summary: 'CSV or JSON: symbol, then any of identity, tick_size, lot_size, price_precision' },
];

/** Undefined where neither flag is given. Errors: those of reading. */
export async function supplyAsked({ tools }: VerbContext, flags: FlagValues): Promise<SupplyFiles | undefined> {
  const [volumes, metadata] = [filesFlag(flags, 'volumes'), filesFlag(flags, 'metadata')];
  if (volumes.length === 0 && metadata.length === 0) return undefined;
  // A volume is no fraction: what is said of percent is about prices.
  const asked = { ...csvAsked(flags), percent: null };
  const read: { volumes: PriceFile[]; metadata: SupplyFiles['metadata'][number][] } = { volumes: [], metadata: [] };
  for (const file of volumes) read.volumes.push(await tools.prices.readPrices(file, asked));
  for (const file of metadata) read.metadata.push(await tools.symbolFiles.readMetadata(file));
  return read;
}

const shownMax = 12;

/** How files were read, and symbols in them that no price file has: nothing is made of these. */
export function supplyWarnings(supply: SupplyFiles | undefined, prices: readonly Pick<PriceFile, 'table'>[] | null): string[] {
  if (supply === undefined) return [];
  const unpriced = prices === null ? [] : symbolsWithoutPrices(supply, prices);
  return [
    ...readingWarnings(supply.volumes),
    ...unpriced.map(({ file, symbols }) => {
      const rest = symbols.length - shownMax;
      return `${file}: without prices, and not read: ${symbols.slice(0, shownMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
    }),
  ];
}

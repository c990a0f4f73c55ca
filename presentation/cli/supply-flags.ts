import type { PriceFile } from '../../domain/returns/price-file.ts';
import { datesPriced, type SupplyFiles, symbolsWithoutPrices } from '../../domain/allocation/sleeve/given-supply.ts';
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

type PricesRead = readonly Pick<PriceFile, 'table'>[];

/** What each file of volumes lacks of the dates that have prices of its symbols: a selection measures no liquidity there. */
function calendarWarnings(volumes: readonly PriceFile[], prices: PricesRead, asOf: string | null): string[] {
  return volumes.flatMap(({ file, table }) => {
    const wanted = datesPriced(prices, table, asOf);
    const present = new Set(table.dates);
    const lacking = wanted.filter((date) => !present.has(date));
    if (lacking.length === 0) return [];
    const span = `${wanted.length} dates with prices from ${wanted[0]!} to ${wanted.at(-1)!}`;
    const which = lacking.length === wanted.length ? `none of the ${span} is there` : `${lacking.length} of the ${span} are not there`;
    return [`${file}: ${which}, the last of them ${lacking.at(-1)!}: liquidity takes 20 rows of volumes without a gap`];
  });
}

/**
 * How files were read, symbols in them that no price file has, and dates of prices that volumes lack: nothing is made of these. `asOf` is
 * the last date that counts.
 */
export function supplyWarnings(supply: SupplyFiles | undefined, prices: PricesRead | null, asOf: string | null): string[] {
  if (supply === undefined) return [];
  const unpriced = prices === null ? [] : symbolsWithoutPrices(supply, prices);
  return [
    ...readingWarnings(supply.volumes),
    ...(prices === null ? [] : calendarWarnings(supply.volumes, prices, asOf)),
    ...unpriced.map(({ file, symbols }) => {
      const rest = symbols.length - shownMax;
      return `${file}: without prices, and not read: ${symbols.slice(0, shownMax).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
    }),
  ];
}

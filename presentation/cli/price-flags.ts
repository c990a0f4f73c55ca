import type { PriceFile } from '../../domain/returns/price-file.ts';
import { parseRenames, type Renames, renamedPrices } from '../../domain/returns/renamed-prices.ts';
import { csvAsked } from './csv-flags.ts';
import { listFlag, textFlag } from './flags.ts';
import type { Flag, FlagValues, VerbContext } from './verb.ts';

export const renameFlags: readonly Flag[] = [
  { flags: '--rename <pairs...>', summary: 'read a column under another name: FROM=TO, such as CRYPTO:BTCUSD=BINANCE:BTCUSDT' },
  { flags: '--rename-file <file>', summary: 'more of them, one FROM=TO a line; # begins a comment' },
];

type Reading = Pick<VerbContext, 'tools'>;

const withoutComment = (line: string): string => line.replace(/#.*$/, '').trim();

/** Names of columns that the flags give. Errors: FileMissing, Usage, SymbolInvalid, ExchangeUnknown. */
async function renamesAsked({ tools }: Reading, flags: FlagValues): Promise<Renames> {
  const file = textFlag(flags, 'renameFile');
  const lines = file === null ? [] : (await tools.files.readText(file)).split(/\r?\n/).map(withoutComment);
  return parseRenames([...lines.filter((line) => line !== ''), ...listFlag(flags, 'rename')]);
}

/** Price files read as the flags of CSV say, their columns under the names that the flags give. */
export async function readPriceFiles(context: Reading, flags: FlagValues, names: readonly string[]): Promise<PriceFile[]> {
  const renames = await renamesAsked(context, flags);
  const asked = csvAsked(flags);
  const files: PriceFile[] = [];
  for (const name of names) files.push(await context.tools.prices.readPrices(name, asked));
  return renamedPrices(files, renames);
}

import type { HeldFile, LineLeftOut } from '../../domain/allocation/held.ts';
import type { OrderRules } from '../../domain/allocation/orders.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { typedAmount } from '../../domain/shared/written-number.ts';
import type { HoldingField } from '../ports/ports.ts';
import { csvAsked } from './csv-flags.ts';
import { amountFlag, listFlag, textFlag } from './flags.ts';
import type { FlagValues, VerbContext } from './verb.ts';

type Context = Pick<VerbContext, 'tools' | 'presentation'>;

function columnsOf(flags: FlagValues, fields: readonly HoldingField[]): Partial<Record<HoldingField, string>> | null {
  const pairs = listFlag(flags, 'columns');
  if (pairs.length === 0) return null;
  const columns: Partial<Record<HoldingField, string>> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const field = fields.find((known) => known === pair.slice(0, at).trim());
    const name = pair.slice(at + 1).trim();
    if (at < 1 || field === undefined || name === '')
      throw new LedgerError('Usage', `--columns ${pair}: write PART=NAME with one of ${fields.join(', ')}`, { at: { path: '--columns' } });
    columns[field] = name;
  }
  const { symbol, notional, quantity, price } = columns;
  if (symbol === undefined || (notional === undefined && (quantity === undefined || price === undefined)))
    throw new LedgerError('Usage', '--columns: symbol is needed, and either notional or quantity and price', { at: { path: '--columns' } });
  return columns;
}

/** The holdings file of the flags. Errors: Usage, HoldingsInvalid, those of reading. */
export async function heldIn(
  { tools, presentation }: Context,
  flags: FlagValues,
  file: string,
): Promise<{ readonly held: HeldFile; readonly sha256: string }> {
  const { presets, fields, parse } = (await presentation()).holdings;
  const preset = textFlag(flags, 'preset');
  const columns = columnsOf(flags, fields);
  if (preset !== null && columns !== null)
    throw new LedgerError('Usage', '--preset and --columns: give one of them', { at: { path: '--preset' } });
  if (preset !== null && !presets.includes(preset))
    throw new LedgerError('Usage', `--preset ${preset}: one of ${presets.join(', ')}`, { at: { path: '--preset' } });
  const bytes = await tools.files.readBytes(file);
  return { held: parse(bytes, file, { ...csvAsked(flags), preset, columns }), sha256: tools.crypto.sha256Hex(bytes) };
}

/** How trades become orders. Errors: Usage, HoldingsInvalid, those of reading. */
export async function orderRulesOf({ tools, presentation }: Context, flags: FlagValues): Promise<OrderRules> {
  const lots = textFlag(flags, 'lots');
  const minTrade = amountFlag(flags, 'minTrade') ?? 0;
  if (lots === null) return { lots: null, minTrade };
  const size = typedAmount(lots);
  if (size !== null && size > 0) return { lots: { others: size, bySymbol: new Map() }, minTrade };
  const { holdings } = await presentation();
  return { lots: holdings.parseLots(await tools.files.readBytes(lots), lots), minTrade };
}

/** Lines that were not read, a few of them word by word. */
export function leftOutWarning(file: string, leftOut: readonly LineLeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.slice(0, 5).map(({ line, text }) => `line ${line} ${JSON.stringify(text)}`);
  const more = leftOut.length - shown.length;
  const end = more > 0 ? ` and ${more} more` : '';
  return [`${file}: ${leftOut.length} lines are not read (headings, totals, notes): ${shown.join(', ')}${end}`];
}

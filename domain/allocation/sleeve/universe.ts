import { assertExchangeCurrency } from '../../manifest/currency.ts';
import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { calendarOfSymbol } from '../../returns/calendar.ts';
import type { PriceFile } from '../../returns/price-file.ts';
import { requireSymbolColumns } from '../../returns/symbol-column.ts';
import { LedgerError } from '../../shared/errors.ts';
import { byCodeUnits } from '../../shared/order.ts';
import { suggestion } from '../../shared/suggest.ts';
import type { GivenSupply } from './given-supply.ts';
import type { SleeveRunOptions } from './options.ts';

export interface Universe {
  /** Symbols that the sleeve may hold, in code-unit order. */
  readonly symbols: readonly string[];
  /** The same in the order given: of the list that names them, else of the columns of the files. */
  readonly asGiven: readonly string[];
  /** Read for the `market` profile only. */
  readonly benchmarks: readonly string[];
}

export interface UniverseInput {
  readonly resolved: ResolvedProfile;
  readonly options: SleeveRunOptions;
  readonly files: readonly PriceFile[];
  /**
   * Symbols that the run named and left out, where their columns were cut away before: the tables that a ledger keeps hold none. A file
   * had each of them, or the run would have been refused.
   */
  readonly leftOut: readonly string[];
  /** What is given beside prices; left out where nothing is. */
  readonly supply?: GivenSupply | undefined;
  /** Version of the rules to compute under. */
  readonly rules: number;
}

/** Listed symbols, else every column except benchmarks; less the excluded ones. Errors: PricesMissing. */
function namedUniverse({ resolved, options, files, leftOut }: UniverseInput): Universe {
  const columns = files.flatMap(({ table }) => table.symbols);
  const known = new Set([...columns, ...leftOut]);
  const { data, backtest } = resolved.blocks;
  const benchmarks = [...new Set(backtest.benchmark_symbols)].toSorted(byCodeUnits);
  const listed = options.symbols ?? data.symbols ?? null;
  const excluded = new Set([...options.exclude, ...data.exclude]);
  for (const symbol of [...(listed ?? []), ...options.exclude]) {
    if (!known.has(symbol))
      throw new LedgerError('PricesMissing', `no price file has a column ${symbol}${suggestion(symbol, [...known])}`, {
        evidence: { symbol },
        at: { path: symbol },
      });
  }
  const candidates = listed ?? columns.filter((symbol) => !benchmarks.includes(symbol));
  const asGiven = [...new Set(candidates)].filter((symbol) => !excluded.has(symbol));
  return { symbols: asGiven.toSorted(byCodeUnits), asGiven, benchmarks };
}

const usedIn = ({ symbols, benchmarks }: Universe): ReadonlySet<string> => new Set([...symbols, ...benchmarks]);

/**
 * Whether new price files name what a run would read of them as symbols are named. Errors: PricesMissing, SymbolInvalid,
 * ExchangeUnknown.
 */
export function admitSymbols(input: UniverseInput): void {
  const used = usedIn(namedUniverse(input));
  for (const { file, table } of input.files) requireSymbolColumns(file, table.symbols, used);
}

/** The universe of a run, new or recorded. Errors: ExchangeUnknown, PricesMissing. */
export function universeOf(input: UniverseInput): Universe {
  const universe = namedUniverse(input);
  const used = usedIn(universe);
  const columns = input.files.flatMap(({ file, table }) => table.symbols.map((symbol) => ({ symbol, file })));
  for (const { symbol, file } of columns) {
    if (!used.has(symbol)) continue;
    try {
      calendarOfSymbol(symbol);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      throw new LedgerError('ExchangeUnknown', error.message, { evidence: { symbol }, at: { file, line: 1, path: symbol } });
    }
  }
  const { symbols } = universe;
  const present = symbols.filter((symbol) => !input.leftOut.includes(symbol));
  if (input.rules > 1) assertExchangeCurrency(present, { currency: input.resolved.currency, treatment: input.resolved.currencyTreatment });
  return universe;
}

/** Symbols that settings and options name and leave out. */
export function namedAndLeftOut(resolved: ResolvedProfile, options: SleeveRunOptions): string[] {
  const { data } = resolved.blocks;
  const excluded = new Set([...options.exclude, ...data.exclude]);
  const named = [...options.exclude, ...(options.symbols ?? data.symbols ?? [])];
  return [...new Set(named)].filter((symbol) => excluded.has(symbol));
}

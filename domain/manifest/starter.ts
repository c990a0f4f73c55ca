import { calendarOfSymbol, isRoundTheClock } from '../returns/calendar.ts';
import { currencyByCalendar } from '../returns/exchanges.ts';
import { isTabled } from '../returns/tabled.ts';
import type { JsonObject } from '../shared/canonical-json.ts';
import { invariant, LedgerError } from '../shared/errors.ts';
import { codeDefaults, metaAllocationDefaults } from './defaults.ts';
import { validateManifest } from './validate.ts';

export interface PriceColumns {
  /** Name or path of the price file. */
  readonly file: string;
  /** Its columns, `EXCHANGE:SYMBOL`. */
  readonly symbols: readonly string[];
}

export interface StarterManifest {
  readonly manifest: JsonObject;
  /** The profile made from each file, in the order given. */
  readonly profiles: readonly { readonly file: string; readonly profile: string }[];
  /** The meta portfolio over all of them; null with a single file. */
  readonly metaProfile: string | null;
}

const metaName = 'meta_production';

function profileNameOf(file: string, taken: ReadonlySet<string>): string {
  const stem = (file.split(/[/\\]/).at(-1) ?? '').replace(/\.[^.]*$/, '');
  const clean = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  const base = clean === '' ? 'sleeve' : clean;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
  return name;
}

/** The currency of the exchanges outside the US that a file has, when it is one; null leaves the default. */
function currencyOf(symbols: readonly string[]): string | null {
  const calendars = new Set(symbols.map((symbol) => calendarOfSymbol(symbol)));
  const currencies = new Set([...calendars].flatMap((calendar) => (isTabled(calendar) ? [currencyByCalendar.get(calendar)!] : [])));
  return currencies.size === 1 ? [...currencies][0]! : null;
}

/** Sleeves that trade round the clock get the frictions that the specification documents for them (docs/explanation/parity.md). */
function sleeveProfile({ file, symbols }: PriceColumns): JsonObject {
  if (symbols.length === 0) throw new LedgerError('PriceFileUnreadable', `${file} has no column of prices.`, { at: { file } });
  const roundTheClock = symbols.map((symbol) => calendarOfSymbol(symbol, file)).every(isRoundTheClock);
  const currency = currencyOf(symbols);
  const bitcoin = 'BINANCE:BTCUSDT';
  const backtest = {
    backtest_slippage: 0.001,
    backtest_commission: 0.0004,
    ...(symbols.includes(bitcoin) ? { benchmark_symbols: [bitcoin, ...codeDefaults.backtest.benchmark_symbols] } : {}),
  };
  return {
    description: `Symbols of ${file.split(/[/\\]/).at(-1)!}`,
    ...(currency === null ? {} : { currency }),
    data: { symbols: [...symbols] },
    ...(roundTheClock ? { backtest } : {}),
  };
}

/**
 * A manifest to start from: one sleeve per price file, named after the file, 60/20/20 on 500 days, and one meta portfolio when there are
 * several files. Errors: ExchangeUnknown, PriceFileUnreadable (no column).
 */
export function starterManifest(files: readonly PriceColumns[]): StarterManifest {
  invariant(files.length > 0, 'a starter manifest needs a price file');
  const taken = new Set<string>([metaName]);
  const profiles: { file: string; profile: string }[] = [];
  const entries: Record<string, JsonObject> = {};
  for (const columns of files) {
    const profile = profileNameOf(columns.file, taken);
    taken.add(profile);
    profiles.push({ file: columns.file, profile });
    entries[profile] = sleeveProfile(columns);
  }
  const metaProfile = profiles.length > 1 ? metaName : null;
  const { profile: philosophy, min_weight: minWeight, max_weight: maxWeight } = metaAllocationDefaults;
  const currencies = new Set(profiles.map(({ profile }) => entries[profile]!['currency']));
  const [currency] = currencies;
  if (metaProfile !== null) {
    entries[metaProfile] = {
      description: 'All sleeves',
      ...(currencies.size === 1 && currency !== undefined ? { currency } : {}),
      sleeves: profiles.map(({ profile }) => ({ id: profile, profile })),
      meta_allocation: { profile: philosophy, min_weight: profiles.length * minWeight > 1 ? null : minWeight, max_weight: maxWeight },
    };
  }
  const { train_window, test_window, step_size, backtest_slippage, backtest_commission, benchmark_symbols } = codeDefaults.backtest;
  const manifest: JsonObject = {
    default_profile: metaProfile ?? profiles[0]!.profile,
    defaults: {
      data: { lookback_days: codeDefaults.data.lookback_days },
      selection: { selection_mode: codeDefaults.selection.selection_mode },
      backtest: { train_window, test_window, step_size, backtest_slippage, backtest_commission, benchmark_symbols: [...benchmark_symbols] },
    },
    profiles: entries,
  };
  const { problems } = validateManifest(manifest);
  invariant(problems.length === 0, 'the starter manifest does not pass its own validation', { problems });
  return { manifest, profiles, metaProfile };
}

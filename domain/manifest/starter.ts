import { calendarOfSymbol, isRoundTheClock } from '../returns/calendar.ts';
import { currencyByCalendar } from '../returns/exchanges.ts';
import { requireSymbolColumns } from '../returns/symbol-column.ts';
import { isTabled } from '../returns/tabled.ts';
import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { invariant, LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { codeDefaults, metaAllocationDefaults } from './defaults.ts';
import { benchmarkAmong, benchmarksKnown } from './starter-benchmark.ts';
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
  /** What was left out, and why. */
  readonly notes: readonly string[];
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

interface StarterSleeve {
  readonly profile: string;
  readonly file: string;
  readonly settings: JsonObject;
  /** Null for the default. */
  readonly currency: string | null;
  /** Leaves in which the sleeve differs from the others, and why. */
  readonly exceptions: readonly { readonly path: string; readonly value: Json; readonly rationale: string }[];
  /** Null when every profile can be computed. */
  readonly note: string | null;
}

const profilesWithoutMarket = codeDefaults.backtest.profiles.filter((risk) => risk !== 'market');

/** Errors: SymbolInvalid, ExchangeUnknown, PriceFileUnreadable. */
function requireSymbols({ file, symbols }: PriceColumns): void {
  if (symbols.length === 0) throw new LedgerError('PriceFileUnreadable', `${file} has no column of prices.`, { at: { file } });
  requireSymbolColumns(file, symbols, new Set(symbols));
}

/**
 * Sleeves that trade round the clock get the frictions that the specification documents for them (docs/explanation/parity.md). Each sleeve
 * has a benchmark of its own, or no profile `market`.
 */
function starterSleeve(columns: PriceColumns, profile: string): StarterSleeve {
  requireSymbols(columns);
  const { file, symbols } = columns;
  const roundTheClock = symbols.every((symbol) => isRoundTheClock(calendarOfSymbol(symbol)));
  const benchmark = benchmarkAmong(symbols);
  const own: Record<string, Json> = {};
  if (benchmark === null) own['profiles'] = [...profilesWithoutMarket];
  else if (!(codeDefaults.backtest.benchmark_symbols as readonly string[]).includes(benchmark)) own['benchmark_symbols'] = [benchmark];
  const frictions = roundTheClock ? { backtest_slippage: 0.001, backtest_commission: 0.0004 } : {};
  const backtest = { ...frictions, ...own };
  const currency = currencyOf(symbols);
  return {
    profile,
    file,
    currency,
    settings: {
      description: `Symbols of ${file.split(/[/\\]/).at(-1)!}`,
      ...(currency === null ? {} : { currency }),
      data: { symbols: [...symbols] },
      ...(Object.keys(backtest).length === 0 ? {} : { backtest }),
    },
    exceptions: Object.entries(own).map(([key, value]) => ({
      path: `backtest.${key}`,
      value,
      rationale: benchmark === null ? 'It has no benchmark among its symbols.' : 'Its benchmark is one that it has prices of.',
    })),
    note:
      benchmark === null
        ? `${profile}: the profile market is left out, as ${file} has no column of ${benchmarksKnown(symbols)}; ` +
          `add one and run init again`
        : null,
  };
}

function metaProfileOf(sleeves: readonly StarterSleeve[]): JsonObject {
  const { profile: philosophy, min_weight: minWeight, max_weight: maxWeight } = metaAllocationDefaults;
  const exceptions = sleeves.flatMap(({ profile, exceptions: own }) => own.map((exception) => ({ sleeve: profile, ...exception })));
  const [currency, ...others] = new Set(sleeves.map((sleeve) => sleeve.currency));
  return {
    description: 'All sleeves',
    ...(others.length === 0 && currency !== undefined && currency !== null ? { currency } : {}),
    sleeves: sleeves.map(({ profile }) => ({ id: profile, profile })),
    meta_allocation: { profile: philosophy, min_weight: sleeves.length * minWeight > 1 ? null : minWeight, max_weight: maxWeight },
    // A profile that one sleeve does not deliver cannot be allocated.
    ...(sleeves.some(({ note }) => note !== null) ? { backtest: { profiles: [...profilesWithoutMarket] } } : {}),
    ...(exceptions.length === 0 ? {} : { parity: { exceptions } }),
  };
}

/**
 * A manifest to start from: one sleeve per price file, named after the file, 60/20/20 on 500 days with the last window traded up to the end
 * of the prices, and one meta portfolio when there are several files.
 * Errors: SymbolInvalid, ExchangeUnknown, PriceFileUnreadable (no column), LimitExceeded (too many files).
 */
export function starterManifest(files: readonly PriceColumns[]): StarterManifest {
  invariant(files.length > 0, 'a starter manifest needs a price file');
  if (files.length > limits.sleevesPerPortfolioMax) {
    throw new LedgerError(
      'LimitExceeded',
      `${files.length} price files make as many sleeves; at most ${limits.sleevesPerPortfolioMax} fit`,
      {
        evidence: { files: files.length, sleevesPerPortfolioMax: limits.sleevesPerPortfolioMax },
      },
    );
  }
  const taken = new Set<string>([metaName]);
  const sleeves = files.map((columns) => {
    const profile = profileNameOf(columns.file, taken);
    taken.add(profile);
    return starterSleeve(columns, profile);
  });
  const metaProfile = sleeves.length > 1 ? metaName : null;
  const { train_window, test_window, step_size, backtest_slippage, backtest_commission, benchmark_symbols } = codeDefaults.backtest;
  const windows = { train_window, test_window, step_size };
  const manifest: JsonObject = {
    default_profile: metaProfile ?? sleeves[0]!.profile,
    defaults: {
      data: { lookback_days: codeDefaults.data.lookback_days },
      selection: { selection_mode: codeDefaults.selection.selection_mode },
      backtest: {
        ...windows,
        partial_last_window: 'trade',
        backtest_slippage,
        backtest_commission,
        benchmark_symbols: [...benchmark_symbols],
      },
    },
    profiles: {
      ...Object.fromEntries(sleeves.map(({ profile, settings }) => [profile, settings])),
      ...(metaProfile === null ? {} : { [metaProfile]: metaProfileOf(sleeves) }),
    },
  };
  const { problems } = validateManifest(manifest);
  invariant(problems.length === 0, 'the starter manifest does not pass its own validation', { problems });
  return {
    manifest,
    profiles: sleeves.map(({ profile, file }) => ({ file, profile })),
    metaProfile,
    notes: sleeves.flatMap(({ note }) => (note === null ? [] : [note])),
  };
}

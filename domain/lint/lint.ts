import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { calendarOfSymbol } from '../returns/calendar.ts';
import { byCodeUnits } from '../shared/order.ts';
import { cryptoRules } from './crypto-rules.ts';
import { linted, type LintedRule } from './rule.ts';
import { selectionRules } from './selection-rules.ts';
import { isCryptoSleeve, type LintedUniverse, type StableCoin, stableCoinsIn } from './universe.ts';

export interface Lint {
  readonly profile: string;
  /** Whether the requirements of crypto sleeves were held against it. */
  readonly isCrypto: boolean;
  /** Symbols that were judged, in code-unit order; null where none were named. */
  readonly symbols: readonly string[] | null;
  readonly stableCoins: readonly StableCoin[];
  readonly rules: readonly LintedRule[];
}

/** What a sleeve may hold: what its manifest lists, else what is named beside it, less the excluded symbols. */
function heldIn({ blocks: { data } }: ResolvedProfile, { symbols: named, prices }: LintedUniverse): LintedUniverse {
  const held = (data.symbols ?? named)?.filter((symbol) => !data.exclude.includes(symbol)) ?? null;
  for (const symbol of held ?? []) calendarOfSymbol(symbol);
  return { symbols: held?.toSorted(byCodeUnits) ?? null, prices };
}

const notCrypto = {
  rule: 'crypto_sleeve',
  status: 'not_applicable',
  value: false,
  expected: 'every symbol trades round the clock',
  why: 'the requirements of crypto sleeves are for those that trade round the clock',
} as const;

/**
 * Which rules a profile keeps and breaks: the requirements of crypto sleeves where it is one, and what of its selection cannot act.
 * `universe` is what the question names beside the manifest: columns of price files, or symbols. Errors: ExchangeUnknown.
 */
export function lintProfile(resolved: ResolvedProfile, universe: LintedUniverse): Lint {
  const held = heldIn(resolved, universe);
  const isCrypto = isCryptoSleeve(held, resolved.blocks.backtest.benchmark_symbols);
  const crypto = isCrypto ? cryptoRules(resolved, held) : [linted('crypto', notCrypto)];
  return {
    profile: resolved.profile,
    isCrypto,
    symbols: held.symbols,
    stableCoins: stableCoinsIn(held),
    rules: [...crypto, ...selectionRules(resolved, held, isCrypto)],
  };
}

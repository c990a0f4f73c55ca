import { foreignVenues, productionVenue } from '../manifest/venues.ts';
import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { leavesOf } from '../manifest/provenance.ts';
import { reachablePermutationEntropy } from '../regime/permutation-entropy.ts';
import { entropyOrder } from '../selection/features.ts';
import { patternRows } from '../selection/reach.ts';
import { readingOf } from '../selection/settings.ts';
import { canonicalJson, type Json } from '../shared/canonical-json.ts';
import { byCodeUnits } from '../shared/order.ts';
import { linted, type LintedRule } from './rule.ts';
import { type LintedUniverse, stableCoinsIn } from './universe.ts';

interface Stated {
  readonly leaf: string;
  readonly expected: Json;
  readonly why: string;
}

const veto = 'the hard veto of crypto stands at .999, TradFi has .950';
const zone = 'the random-walk zone of crypto sleeves';
const costs = 'the costs of coins, twice to four times those of TradFi';

/** What the requirements of crypto sleeves state as values (docs/how-to/run-a-crypto-sleeve.md). */
const statedRules: readonly Stated[] = [
  { leaf: 'features.entropy_max_threshold', expected: 0.999, why: veto },
  { leaf: 'features.hurst_random_walk_min', expected: 0.48, why: zone },
  { leaf: 'features.hurst_random_walk_max', expected: 0.52, why: zone },
  { leaf: 'backtest.backtest_slippage', expected: 0.001, why: costs },
  { leaf: 'backtest.backtest_commission', expected: 0.0004, why: costs },
  { leaf: 'backtest.backtest_cash_asset', expected: 'USDT', why: 'what is not invested is held in it' },
  { leaf: 'features.feat_dynamic_selection', expected: false, why: 'a stable universe outlasts quick changes of regime' },
  {
    leaf: 'backtest.benchmark_symbols',
    expected: ['BINANCE:BTCUSDT', 'AMEX:SPY'],
    why: 'the first is held as market, the second compared',
  },
];

/** The order of benchmarks says nothing. */
function ordered(json: Json): Json {
  return Array.isArray(json) ? (json as string[]).toSorted(byCodeUnits) : json;
}

function isSame(value: Json, expected: Json): boolean {
  return canonicalJson(ordered(value)) === canonicalJson(ordered(expected));
}

function judgeStated({ leaf, expected, why }: Stated, inForce: Json, isStated: boolean): LintedRule {
  const rule = leaf.slice(leaf.lastIndexOf('.') + 1);
  const isKept = isSame(inForce, expected);
  if (isStated) return linted('crypto', { rule, status: isKept ? 'kept' : 'broken', value: inForce, expected, why });
  const says = `nobody states it; ${JSON.stringify(inForce)} is in force${isKept ? '' : ', which breaks the rule'}`;
  return linted('crypto', { rule, status: 'not_evaluated', value: null, expected, why: says, breaks: !isKept });
}

function venueRule({ blocks: { data } }: ResolvedProfile, { symbols }: LintedUniverse): LintedRule {
  const rule = { rule: 'venue', expected: `${productionVenue} only unless research: true` };
  if (symbols === null) return linted('crypto', { ...rule, status: 'not_evaluated', value: null, why: 'no symbols are named' });
  const foreign = foreignVenues(symbols);
  const status = foreign.length === 0 ? 'kept' : data.research ? 'kept_research' : 'broken';
  return linted('crypto', { ...rule, status, value: foreign, why: 'prices of production come from one venue' });
}

function stableRule(universe: LintedUniverse): LintedRule {
  const rule = { rule: 'stable_coins', expected: 'listed, vetoed as stable_coin' };
  if (universe.symbols === null) return linted('crypto', { ...rule, status: 'not_evaluated', value: null, why: 'no symbols are named' });
  const found = stableCoinsIn(universe);
  const each = found.map(({ symbol, because }) => `${symbol} is ${because}`).join(', ');
  const unseen = universe.prices.size === 0 ? 'a peg is seen with --prices only' : 'none is listed, and none pegged by its prices';
  const status = found.length === 0 ? 'kept' : 'never_selected';
  return linted('crypto', { ...rule, status, value: found.map(({ symbol }) => symbol), why: each === '' ? unseen : each });
}

/** Selection none vetoes nobody, so a stable coin in the universe is held. */
function stableVetoRule({ selectionMode }: ResolvedProfile, universe: LintedUniverse): LintedRule[] {
  const found = stableCoinsIn(universe).map(({ symbol }) => symbol);
  if (found.length === 0 || selectionMode.value !== 'none') return [];
  const why = 'selection_mode none lets every symbol pass: exclude them, or select';
  return [linted('crypto', { rule: 'stable_coins_held', status: 'broken', value: found, expected: [], why })];
}

function entropyReachRule({ blocks }: ResolvedProfile): LintedRule {
  const { selection, features, backtest } = blocks;
  const rows = Math.min(backtest.train_window, patternRows);
  const { entropy_normaliser } = readingOf(selection.reading ?? 'ruled', selection.readings ?? []);
  const reachable = entropy_normaliser === 'patterns' ? reachablePermutationEntropy(rows, entropyOrder) : 1;
  const threshold = features.entropy_max_threshold ?? 1;
  const status = threshold >= reachable ? 'cannot_act' : 'kept';
  return linted('crypto', {
    rule: 'entropy_reach',
    status,
    value: reachable,
    expected: 'largest entropy of min(train,120) returns at order 5',
    why: `${rows} rows reach ${reachable.toFixed(3)}, the veto stands at ${threshold}`,
  });
}

/** The requirements of a crypto sleeve, held against a profile. */
export function cryptoRules(resolved: ResolvedProfile, universe: LintedUniverse): LintedRule[] {
  const leaves = leavesOf(resolved.blocks);
  return [
    ...statedRules.map((stated) =>
      judgeStated(stated, leaves[stated.leaf] ?? null, (resolved.provenance[stated.leaf]?.layer ?? 'code') !== 'code'),
    ),
    venueRule(resolved, universe),
    stableRule(universe),
    ...stableVetoRule(resolved, universe),
    entropyReachRule(resolved),
  ];
}

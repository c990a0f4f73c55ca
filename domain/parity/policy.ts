import { leafOfSetting } from '../manifest/leaf-terms.ts';
import { temporalPaths } from '../manifest/temporal-id.ts';
import { rulesInForce } from '../run/rules.ts';
import type { Json } from '../shared/canonical-json.ts';
import type { ParityException, ParityGroup, ParityMandate, ParityPolicy, RequiredEvidence } from './schema.ts';

/** The specification's exceptions for sleeves that trade round the clock (docs/explanation/parity.md#exceptions), as data. */
export const seededExceptions: readonly ParityException[] = [
  {
    calendar: 'crypto',
    path: 'features.entropy_max_threshold',
    value: 0.999,
    reference_value: 0.95,
    rationale: 'Crypto microstructure is noisier: a higher entropy is tolerated.',
  },
  {
    calendar: 'crypto',
    path: 'backtest.backtest_slippage',
    value: 0.001,
    reference_value: 0.0005,
    rationale: 'More volatility, wider spreads.',
  },
  {
    calendar: 'crypto',
    path: 'backtest.backtest_commission',
    value: 0.0004,
    reference_value: 0.0001,
    rationale: 'Usual maker and taker fees of central exchanges.',
  },
  {
    calendar: 'crypto',
    path: 'features.feat_dynamic_selection',
    value: false,
    reference_value: true,
    rationale: 'Regimes change quickly: a stable universe serves better.',
  },
  {
    calendar: 'crypto',
    path: 'backtest.benchmark_symbols',
    value: ['BINANCE:BTCUSDT', 'AMEX:SPY'],
    reference_value: ['AMEX:SPY'],
    rationale: 'Two benchmarks, for comparison across asset classes.',
  },
];

/** What rules 2 add: the exception for dynamic selection holds for the universe that is selected again in each window too. */
export const exceptionsOfRules2: readonly ParityException[] = [
  {
    calendar: 'crypto',
    path: 'backtest.dynamic_universe',
    value: false,
    reference_value: true,
    rationale: 'Regimes change quickly: a stable universe serves better.',
  },
];

/** `selection_mode` stands in two blocks; the mandate applies to the one in force. */
export const selectionModeInForce = 'selection_mode';

/** Values of the specification (docs/explanation/parity.md#mandate). Deviations are reported apart from differences between sleeves. */
export const mandatedValues: readonly ParityMandate[] = [
  { path: 'data.lookback_days', value: 500 },
  { path: 'backtest.train_window', value: 60 },
  { path: 'backtest.test_window', value: 20 },
  { path: 'backtest.step_size', value: 20 },
  { path: selectionModeInForce, value: 'v4' },
  { path: 'features.entropy_max_threshold', value: 0.95 },
  { path: 'features.feat_dynamic_selection', value: true },
  { path: 'backtest.backtest_slippage', value: 0.0005 },
  { path: 'backtest.backtest_commission', value: 0.0001 },
  { path: 'backtest.benchmark_symbols', value: ['AMEX:SPY'] },
];

/** Leaves that the specification names: when no sleeve has one, that is reported. */
export const namedPaths: readonly string[] = [
  'data.lookback_days',
  'backtest.train_window',
  'backtest.test_window',
  'backtest.step_size',
  'backtest.backtest_simulator',
  'backtest.backtest_slippage',
  'backtest.backtest_commission',
  'backtest.benchmark_symbols',
  'features.entropy_max_threshold',
  'features.feat_dynamic_selection',
  'features.feat_predictability_vetoes',
  'features.feat_selection_logmps',
];

const leaf = (path: string): RequiredEvidence => ({ path, anyOf: [path] });

/**
 * What sleeves must state to be comparable at all, written or as a recorded default. The selection mode stands in either of two blocks, and
 * older manifests name the simulator in their list of simulators alone.
 */
export const requiredEvidence: readonly RequiredEvidence[] = [
  leaf('data.lookback_days'),
  leaf('backtest.train_window'),
  leaf('backtest.test_window'),
  leaf('backtest.step_size'),
  { path: selectionModeInForce, anyOf: ['features.selection_mode', 'selection.selection_mode'] },
  { path: 'backtest.backtest_simulator', anyOf: ['backtest.backtest_simulator', 'backtest.backtest_simulators'] },
  leaf('backtest.backtest_slippage'),
  leaf('backtest.backtest_commission'),
];

export const comparedBlocks = ['features', 'selection', 'backtest'] as const;
export const temporalIdPath = 'temporal_id';

/** Compared in addition to the three blocks. */
export const temporalPathsOutside: readonly string[] = ['data.lookback_days', temporalIdPath];

/** The parameters that the temporal id is made of. */
export const temporalIdParts: readonly string[] = temporalPaths;

const selectionFeatures = new Set(['features.selection_mode', 'features.feat_selection_logmps', 'features.feat_predictability_vetoes']);

export function groupOf(path: string): ParityGroup {
  if (path === temporalIdPath || temporalIdParts.includes(path)) return 'temporal';
  if (path.startsWith('selection.') || selectionFeatures.has(path)) return 'selection';
  return path.startsWith('features.') ? 'features' : 'fidelity';
}

export function blockOf(path: string): string {
  return path === temporalIdPath ? 'temporal' : path.slice(0, path.indexOf('.'));
}

/**
 * The seeded table with a meta portfolio's own exceptions behind it, under a version of the rules, those in force unless said:
 * version 1 required no evidence and did not know a dynamic universe. All paths are names of leaves, whatever a setting is called now.
 */
export function parityPolicy(
  own: { readonly mandate: 'enforce' | 'warn'; readonly exceptions: readonly ParityException[] },
  rules: number = rulesInForce,
): ParityPolicy {
  const exceptions = own.exceptions.map((exception) => ({ ...exception, path: leafOfSetting(exception.path) }));
  return {
    name: 'parity-constraint',
    version: rules >= 2 ? 2 : 1,
    exceptions: [...seededExceptions, ...(rules >= 2 ? exceptionsOfRules2 : []), ...exceptions],
    mandated: [...mandatedValues],
    mandate: own.mandate,
    required: rules >= 2 ? requiredEvidence.map(({ path, anyOf }) => ({ path, anyOf: [...anyOf] })) : [],
  };
}

export type LeafValues = Readonly<Record<string, Json>>;

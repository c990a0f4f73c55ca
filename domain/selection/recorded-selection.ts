import type { SelectionPool, SymbolFacts } from './pool.ts';
import type { SelectionRecord } from './record.ts';
import type { ExplainedSelection, Selection } from './select.ts';
import type { SelectionSettings } from './settings.ts';
import type { FeatureColumns } from './features.ts';

const knownIn = (values: Float64Array): (number | null)[] => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
const evaluated = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, (value) => value ?? Number.NaN);

function columnsOf<Name extends string>(columns: FeatureColumns<Name>): Record<Name, (number | null)[]> {
  const entries = Object.entries<Float64Array>(columns).map(([name, values]) => [name, knownIn(values)] as const);
  return Object.fromEntries(entries) as Record<Name, (number | null)[]>;
}

function featuresOf<Name extends string>(columns: Readonly<Record<Name, readonly (number | null)[]>>): FeatureColumns<Name> {
  const entries = Object.entries<readonly (number | null)[]>(columns).map(([name, values]) => [name, evaluated(values)] as const);
  return Object.fromEntries(entries) as unknown as FeatureColumns<Name>;
}

function factColumns(facts: readonly SymbolFacts[]): SelectionRecord['facts'] {
  const column = <Name extends keyof SymbolFacts>(name: Name): SymbolFacts[Name][] => facts.map((one) => one[name]);
  return {
    identity: column('identity'),
    isBenchmark: column('isBenchmark'),
    stableCoin: column('stableCoin'),
    averageDailyValue: column('averageDailyValue'),
    survival: column('survival'),
    adx: column('adx'),
    recommendAll: column('recommendAll'),
    recommendMa: column('recommendMa'),
    rateOfChange: column('rateOfChange'),
    dailyVolatility: column('dailyVolatility'),
    metadata: column('metadata'),
  };
}

function factsIn({ facts, symbols }: SelectionRecord): SymbolFacts[] {
  return symbols.map((_, i) => ({
    identity: facts.identity[i]!,
    isBenchmark: facts.isBenchmark[i]!,
    stableCoin: facts.stableCoin[i]!,
    averageDailyValue: facts.averageDailyValue[i]!,
    survival: facts.survival[i]!,
    adx: facts.adx[i]!,
    recommendAll: facts.recommendAll[i]!,
    recommendMa: facts.recommendMa[i]!,
    rateOfChange: facts.rateOfChange[i]!,
    dailyVolatility: facts.dailyVolatility[i]!,
    metadata: facts.metadata[i]!,
  }));
}

function scoresRecorded({ scores }: Selection): SelectionRecord['scores'] {
  const { weights, probabilities, multiplier, score, absentEverywhere, absentSome } = scores;
  return {
    weights: weights.map((one) => ({ ...one })),
    probabilities: weights.map(({ component }) => [...probabilities[component]!]),
    multiplier: [...multiplier],
    score: [...score],
    absentEverywhere: [...absentEverywhere],
    absentSome: absentSome.map(({ component, symbols }) => ({ component, symbols: [...symbols] })),
  };
}

function clustersRecorded({ clusters }: Selection): SelectionRecord['clusters'] {
  const { cut, labels, count, lookbacks, linkage } = clusters;
  return {
    cut: { ...cut },
    labels: [...labels],
    count,
    lookbacks: { used: [...lookbacks.used], leftOut: [...lookbacks.leftOut] },
    linkage: [...linkage],
  };
}

/** A selection as plain JSON, with what it was computed from and by. */
export function recordOf(
  selection: Selection,
  { annualisationDays, fullLiquidity }: Pick<SelectionPool, 'annualisationDays' | 'fullLiquidity'>,
  settings: SelectionSettings,
): SelectionRecord {
  const { asOf, rows, symbols, facts, directions, quadrant, candidates, target, vetoCount, judgements, standings } = selection;
  return {
    settings,
    annualisationDays,
    fullLiquidity,
    asOf,
    rows,
    symbols: [...symbols],
    facts: factColumns(facts),
    directions: [...directions],
    clippedShorts: selection.clippedShorts.map((one) => ({ ...one })),
    quadrant,
    features: columnsOf(selection.features),
    values: columnsOf(selection.values),
    scores: scoresRecorded(selection),
    gateReturns: [...selection.gateReturns],
    gates: [...selection.gates],
    cashLike: [...selection.cashLike],
    judgements: judgements.map(({ vetoes, notEvaluated }) => ({
      vetoes: vetoes.map(({ code, values, thresholds, missing }) => ({
        code,
        values: [...values],
        thresholds: [...thresholds],
        missing: [...missing],
      })),
      notEvaluated: [...notEvaluated],
    })),
    clusters: clustersRecorded(selection),
    quotas: selection.quotas.map((one) => ({ ...one })),
    candidates,
    target,
    afterStage: [...selection.staged.afterStage],
    winners: [...selection.winners],
    standings: standings.map((one) => (one.kind === 'outscored' ? { ...one, by: [...one.by] } : { ...one })),
    vetoCount: { histogram: vetoCount.histogram.map((one) => ({ ...one })), share: vetoCount.share },
    aborts: [...selection.aborts],
  };
}

/** The selection that a record holds: what `explain`, battles and funnel are told from. */
export function selectionIn(record: SelectionRecord): ExplainedSelection {
  const { settings, scores, clusters, afterStage } = record;
  const members: number[][] = Array.from({ length: clusters.count }, () => []);
  clusters.labels.forEach((label, symbol) => members[label]!.push(symbol));
  return {
    mode: settings.mode,
    asOf: record.asOf,
    rows: record.rows,
    symbols: record.symbols,
    facts: factsIn(record),
    directions: record.directions,
    clippedShorts: record.clippedShorts,
    quadrant: record.quadrant,
    features: featuresOf(record.features),
    values: featuresOf(record.values),
    scores: {
      ...scores,
      probabilities: Object.fromEntries(
        scores.weights.map(({ component }, at) => [component, Float64Array.from(scores.probabilities[at]!)]),
      ),
      multiplier: Float64Array.from(scores.multiplier),
      score: Float64Array.from(scores.score),
    },
    gateReturns: Float64Array.from(record.gateReturns),
    gates: record.gates,
    cashLike: record.cashLike,
    judgements: record.judgements,
    clusters: { ...clusters, labels: Int32Array.from(clusters.labels), members },
    quotas: record.quotas,
    candidates: record.candidates,
    target: record.target,
    staged: { afterStage },
    winners: record.winners,
    standings: record.standings,
    vetoCount: record.vetoCount,
    aborts: record.aborts,
  };
}

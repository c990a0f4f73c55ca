import { clusterName } from './battles.ts';
import { type Explanation, explain } from './explanation.ts';
import { type StreamFeature, streamFeatures } from './features.ts';
import { bandPosition, type Reach, reachOf } from './reach.ts';
import type { ExplainedSelection } from './select.ts';
import type { SelectionSettings } from './settings.ts';
import type { Standing } from './standing.ts';
import { askAll, type AskedVeto, judgedAt, type VetoCode, type VetoOutcome } from './vetoes.ts';

/** A standing with names instead of places. */
export type NamedStanding =
  | Exclude<Standing, { readonly kind: 'identity_taken' | 'outscored' }>
  | { readonly kind: 'identity_taken'; readonly by: string }
  | { readonly kind: 'outscored'; readonly by: readonly string[] };

/** A feature of a symbol; null where it cannot be evaluated. */
export interface RankedFeature {
  readonly feature: StreamFeature;
  readonly value: number | null;
  /** 1 for the largest value of all symbols; equal values share the better place. */
  readonly rank: number | null;
  /** How many symbols have the feature. */
  readonly of: number;
}

/** A veto of an account; one whose threshold no data of so many rows can reach `cannot act`, and is never passed. */
export interface AccountedVeto extends Omit<AskedVeto, 'outcome'> {
  readonly outcome: VetoOutcome | 'cannot act';
}

export interface NamedOpponent {
  readonly symbol: string;
  readonly direction: 'LONG' | 'SHORT';
  readonly score: number;
  readonly standing: NamedStanding;
}

/** Everything that decided about one symbol, with what it was measured against. */
export interface Account extends Omit<Explanation, 'features' | 'standing' | 'opponents' | 'vetoes' | 'notEvaluated'> {
  readonly asOf: string;
  readonly rows: number;
  readonly mode: SelectionSettings['mode'];
  readonly quadrant: ExplainedSelection['quadrant'];
  readonly symbols: number;
  readonly candidates: number;
  readonly features: readonly RankedFeature[];
  /** Every veto in the order in which they are asked, met or not. */
  readonly vetoes: readonly AccountedVeto[];
  /** Components that others have and this symbol lacks. */
  readonly absent: readonly string[];
  /** Compounded return of its stream over the last 60 rows, and the least that the gate lets through. */
  readonly gate: { readonly value: number; readonly least: number; readonly passes: boolean };
  /** On which side of the accepted band its entropy lies; null where no band is set. */
  readonly entropyBand: ReturnType<typeof bandPosition> | null;
  readonly quota: { readonly winnersMax: number; readonly meanCorrelation: number | null };
  /** The other members of its cluster, best score first. */
  readonly opponents: readonly NamedOpponent[];
  readonly isCashLike: boolean;
  /** Days on which its short stream lost everything. */
  readonly clippedOn: readonly string[];
  readonly standing: NamedStanding;
  /** Settings that cannot act on so many rows. */
  readonly reach: readonly Reach[];
}

export function namedStanding({ symbols, standings }: Pick<ExplainedSelection, 'symbols' | 'standings'>, at: number): NamedStanding {
  const standing = standings[at]!;
  if (standing.kind === 'identity_taken') return { kind: standing.kind, by: symbols[standing.by]! };
  if (standing.kind === 'outscored') return { kind: standing.kind, by: standing.by.map((by) => symbols[by]!) };
  return standing;
}

function rankedFeatures({ features }: ExplainedSelection, at: number): RankedFeature[] {
  return streamFeatures.map((feature) => {
    const column = features[feature];
    const value = column[at]!;
    const of = column.reduce((count, one) => count + (Number.isNaN(one) ? 0 : 1), 0);
    if (Number.isNaN(value)) return { feature, value: null, rank: null, of };
    return { feature, value, rank: 1 + column.reduce((count, one) => count + (one > value ? 1 : 0), 0), of };
  });
}

/** Vetoes whose threshold may be out of reach, by the setting that says so. */
const unreachable: Readonly<Record<string, VetoCode>> = { 'features.entropy_max_threshold': 'entropy', kurtosis: 'kurtosis' };

/** What was recorded stands: only vetoes that were passed are told from features and settings. */
function accountedVetoes(
  { judgements, features, facts }: ExplainedSelection,
  at: number,
  settings: SelectionSettings,
  reach: readonly Reach[],
): AccountedVeto[] {
  const powerless = new Set(reach.flatMap(({ setting, status }) => (status === 'cannot_act' ? [unreachable[setting]] : [])));
  const { vetoes, notEvaluated } = judgements[at]!;
  const met = new Map(vetoes.map((veto) => [veto.code, veto]));
  return askAll(judgedAt(features, facts, at), settings).map((asked): AccountedVeto => {
    const recorded = met.get(asked.code);
    if (recorded !== undefined) return { ...recorded, outcome: 'met' };
    if (notEvaluated.includes(asked.code)) return { ...asked, outcome: 'not evaluated', values: [] };
    if (asked.outcome === 'not asked') return asked;
    return { ...asked, outcome: powerless.has(asked.code) ? 'cannot act' : 'passed' };
  });
}

/** All that is known of why a symbol won or did not, by a recorded selection and its settings; null where it was not in the pool. */
export function accountOf(selection: ExplainedSelection, settings: SelectionSettings, symbol: string): Account | null {
  const explained = explain(selection, symbol);
  if (explained === null) return null;
  const { symbols, directions, scores, clusters, quotas, gateReturns, gates, features, cashLike, clippedShorts, quadrant } = selection;
  const at = symbols.indexOf(symbol);
  const cluster = clusters.labels[at]!;
  const { features: _features, notEvaluated: _notEvaluated, opponents, ...rest } = explained;
  const band = settings.entropy_acceptance;
  const reach = reachOf(settings, selection.rows);
  return {
    ...rest,
    asOf: selection.asOf,
    rows: selection.rows,
    mode: selection.mode,
    quadrant,
    symbols: symbols.length,
    candidates: selection.candidates,
    features: rankedFeatures(selection, at),
    vetoes: accountedVetoes(selection, at, settings, reach),
    absent: explained.factors.flatMap(({ component, isAbsent }) => (isAbsent ? [component] : [])),
    gate: { value: gateReturns[at]!, least: settings.min_momentum_score, passes: gates[at]! },
    entropyBand: band === null ? null : bandPosition(features.entropy_raw[at]!, band),
    cluster: clusterName(cluster),
    quota: quotas[cluster]!,
    opponents: opponents.map((name) => {
      const place = symbols.indexOf(name);
      const standing = namedStanding(selection, place);
      return { symbol: name, direction: directions[place]!, score: scores.score[place]!, standing };
    }),
    isCashLike: cashLike[at]!,
    clippedOn: clippedShorts.flatMap((clipped) => (clipped.symbol === symbol ? [clipped.date] : [])),
    standing: namedStanding(selection, at),
    reach,
  };
}

import type { ResolvedBlocks } from '../../manifest/blocks.ts';
import { declaredGrossMax, type GrossSettings, grossMaxOf } from '../../manifest/gross-max.ts';
import type { ReturnMatrix } from '../../returns/series.ts';
import { parametersAt, solveAdaptive } from '../../regime/adaptive.ts';
import { detectRegime, type RegimeReading, regimeRowsMax } from '../../regime/regime.ts';
import type { RegimeSettings } from '../../regime/settings.ts';
import { solveClustered } from '../../risk/clustered/solve-clustered.ts';
import type { ClusterOptions } from '../../risk/clustered/stream-clusters.ts';
import { selectColumns } from '../../risk/columns.ts';
import { requireGross } from '../../risk/gross.ts';
import { solveProfile } from '../../risk/profiles.ts';
import type { MatrixRiskProfile, RiskProfile, SolveParameters, SolveResult } from '../../risk/schemas.ts';
import { solvePolicyOf } from '../../risk/solve-policy.ts';
import { invariant, LedgerError } from '../../shared/errors.ts';
import type { WindowChoices } from '../../sleeve-selection/choices.ts';
import type { WindowSolution } from '../../walk-forward/walk-forward.ts';

/** How a sleeve that selects its symbols solves its windows. */
export interface Selecting {
  readonly choices: WindowChoices;
  /** Selected once, by rows that the earlier windows had not seen. */
  readonly looksAhead: boolean;
  /** How the winners' streams are clustered. */
  readonly clustering: ClusterOptions;
}

/** From what the regime of a decision is read. */
export interface MarketHistory {
  /** Mean simple return of the pool, one for each row of the matrix. */
  readonly market: readonly number[];
  readonly settings: RegimeSettings;
}

/** A profile with everything that its solves depend on, as plain data beside its matrix. */
export interface ProfileWork {
  readonly risk: RiskProfile;
  readonly matrix: ReturnMatrix;
  /** Null where every column may be held in every window. */
  readonly selecting: Selecting | null;
  /** Null for profiles that follow no regime. */
  readonly regime: MarketHistory | null;
  /** Mean simple return of the raw pool, one for each row of the matrix; null for profiles that are not held against it. */
  readonly rawPool: readonly number[] | null;
  readonly resolved: {
    readonly blocks: Pick<ResolvedBlocks, 'backtest'> & { readonly risk: Pick<ResolvedBlocks['risk'], 'cluster_cap'> & GrossSettings };
  };
  readonly parameters: SolveParameters;
  /** Symbols in the order that the user gave. */
  readonly givenOrder: readonly string[];
  /** Version of the rules. */
  readonly rules: number;
}

/** The training rows of a decision, [first, end) of the matrix. */
export interface Decision {
  readonly training: ReturnMatrix;
  readonly end: number;
  /** What the decision is called where it fails. */
  readonly label: string;
}

export interface SolvedWindow extends WindowSolution {
  /** Null in a window that holds cash. */
  readonly result: SolveResult | null;
  /** Why it does: its selection was aborted, or the profile has no weights there. */
  readonly cashBecause: 'selection' | 'infeasible' | null;
}

/** The regime that a decision follows. */
interface Followed {
  readonly reading: RegimeReading;
  readonly settings: RegimeSettings;
}

/** The regime of the rows before a decision; null for a profile that follows none. */
function followedBy({ regime, parameters }: ProfileWork, { end }: Decision): Followed | null {
  if (regime === null) return null;
  const { market, settings } = regime;
  const read = Float64Array.from(market.slice(Math.max(0, end - regimeRowsMax), end));
  return { reading: detectRegime(read, parameters.annualisationDays, settings.spectral), settings };
}

/** One profile that is no choice among others, in the regime that it follows. */
function solvedAs(risk: MatrixRiskProfile, work: ProfileWork, { training, end }: Decision, followed: Followed | null): SolveResult {
  const { selecting, rawPool, parameters, givenOrder, rules } = work;
  const policy = solvePolicyOf(rules);
  if (selecting === null) return solveProfile({ risk, training, parameters, givenOrder, policy });
  return solveClustered({
    risk,
    training,
    parameters: followed === null ? parameters : parametersAt(parameters, followed.reading, followed.settings),
    clustering: selecting.clustering,
    clusterCap: work.resolved.blocks.risk.cluster_cap,
    regime: followed === null ? null : { label: followed.reading.label, table: followed.settings.aggressorTable },
    pool: rawPool === null ? null : Float64Array.from(rawPool.slice(end - training.dates.length, end)),
    givenOrder,
    policy,
  });
}

function solvedBy(work: ProfileWork, decision: Decision): SolveResult {
  const { risk } = work;
  const followed = followedBy(work, decision);
  if (risk !== 'adaptive') return solvedAs(risk, work, decision, followed);
  invariant(followed !== null, 'the adaptive profile follows a regime', {});
  return solveAdaptive(followed.reading, followed.settings, (chosen) => solvedAs(chosen, work, decision, followed));
}

/**
 * Solves the profile on some training rows, of a window or the live ones; `adaptive` as the profile of their regime. Errors: those of the
 * solve and WeightsRefused, named by the label.
 */
export function solvedDecision(work: ProfileWork, decision: Decision): SolveResult {
  try {
    const result = solvedBy(work, decision);
    requireGross(result.weights, grossMaxOf(declaredGrossMax(work.resolved.blocks.risk)), work.risk);
    return result;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { label } = decision;
    throw new LedgerError(error.code, `${label}: ${error.message}`, { evidence: { ...error.evidence, window: label } });
  }
}

/** The columns of some rows that a decision may hold. */
export function heldColumns(decision: Decision, columns: readonly number[]): Decision {
  return { ...decision, training: selectColumns(decision.training, columns) };
}

/** A window of a sleeve that selects: weights are aligned to all columns, and all 0 where the sleeve holds cash. */
function solvedAmong(work: ProfileWork, decision: Decision, columns: readonly number[] | null): SolvedWindow {
  const weights = Array.from({ length: decision.training.columns.length }, () => 0);
  if (columns === null) return { weights, result: null, cashBecause: 'selection' };
  try {
    const result = solvedDecision(work, heldColumns(decision, columns));
    result.weights.forEach(({ weight }, at) => (weights[columns[at]!] = weight));
    return { weights, result, cashBecause: null };
  } catch (error) {
    // No weights keep the profile's promise in this window, which is no reason to have none in the others.
    if (!(error instanceof LedgerError) || error.code !== 'ProfileInfeasible') throw error;
    return { weights, result: null, cashBecause: 'infeasible' };
  }
}

/** One window of a walk-forward. */
export function solvedWindow(work: ProfileWork, decision: Decision, index: number): SolvedWindow {
  if (work.selecting !== null) return solvedAmong(work, decision, work.selecting.choices.windows[index]!);
  const result = solvedDecision(work, decision);
  return { weights: result.weights.map(({ weight }) => weight), result, cashBecause: null };
}

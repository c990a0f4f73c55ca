import { diversificationRatio } from '../risk/contribution.ts';
import { estimateCovariance } from '../risk/covariance.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { defaultSolveParameters } from '../risk/profiles.ts';
import type { AssetCovariance, PlannedCombination, SleeveReturns } from './planned-schemas.ts';
import type { NumberByName } from './request.ts';
import { assetSpelling } from './spelled-assets.ts';

/** Covariance of sleeves, annualised; count x count, row-major, in the order of the sleeves. */
export interface SleeveCovariance {
  readonly sleeves: readonly string[];
  readonly covariance: Float64Array;
}

const needed = (field: string, why: string): LedgerError =>
  new LedgerError('CombinationInputMissing', why, { evidence: { field }, at: { path: field } });

function checkedRow(row: readonly number[] | undefined, width: number, name: string, field: string): readonly number[] {
  if (row?.length !== width || !row.every(Number.isFinite))
    throw new LedgerError('SchemaViolation', `${field}: ${name} needs ${width} finite numbers`, {
      evidence: { name },
      at: { path: field },
    });
  return row;
}

/** P'SP of the positions P (assets x sleeves) under the covariance S of the assets. Errors: NotACovariance, CombinationInputMissing. */
export function covarianceOfPositions(positions: PlannedCombination['positions'], given: AssetCovariance): SleeveCovariance {
  const sleeves = Object.keys(positions).toSorted(byCodeUnits);
  const rowOf = new Map(given.assets.map((asset, index) => [assetSpelling(asset), index]));
  const size = given.assets.length;
  const rows = given.assets.map((asset, i) => checkedRow(given.covariance[i], size, asset, 'assetCovariance'));
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++)
      if (Math.abs(rows[i]![j]! - rows[j]![i]!) > 1e-10 * Math.sqrt(Math.abs(rows[i]![i]! * rows[j]![j]!)))
        throw new LedgerError('NotACovariance', `the covariance of ${given.assets[i]} and ${given.assets[j]} is given in two ways`, {
          evidence: { assets: [given.assets[i], given.assets[j]] },
          at: { path: 'assetCovariance' },
        });
  const held = sleeves.map((sleeve) => {
    const column = new Float64Array(size);
    for (const [asset, position] of Object.entries(positions[sleeve]!)) {
      const at = rowOf.get(assetSpelling(asset));
      if (at === undefined) throw needed('assetCovariance', `the covariance of ${asset}, which ${sleeve} holds, is not given`);
      column[at] = position;
    }
    return column;
  });
  const covariance = new Float64Array(sleeves.length * sleeves.length);
  for (const [column, positionsOf] of held.entries()) {
    const product = rows.map((row) => row.reduce((sum, value, k) => sum + value * positionsOf[k]!, 0));
    for (let row = 0; row <= column; row++) {
      const value = held[row]!.reduce((sum, position, k) => sum + position * product[k]!, 0);
      covariance[row * sleeves.length + column] = value;
      covariance[column * sleeves.length + row] = value;
    }
  }
  return { sleeves, covariance };
}

/** Returns of some sleeves as a matrix, in their order. Errors: CombinationInputMissing with the sleeve. */
export function returnsOfSleeves(sleeves: readonly string[], given: SleeveReturns): ReturnMatrix {
  const columns = sleeves.map((sleeve) => {
    const at = given.sleeves.indexOf(sleeve);
    if (at < 0) throw needed('sleeveReturns', `the returns of sleeve ${sleeve} are not given`);
    return at;
  });
  const values = new Float64Array(given.dates.length * columns.length);
  for (const [row, date] of given.dates.entries()) {
    const of = checkedRow(given.returns[row], given.sleeves.length, date, 'sleeveReturns');
    for (const [place, column] of columns.entries()) values[row * columns.length + place] = of[column]!;
  }
  return { dates: given.dates, columns: sleeves, values };
}

/** By the default estimator over the rows that are given. */
export function covarianceOfReturns(sleeves: readonly string[], given: SleeveReturns): SleeveCovariance {
  const { estimator, correlationShrinkage } = defaultSolveParameters;
  const { annualisationDays } = given;
  const matrix = returnsOfSleeves(sleeves, given);
  return { sleeves, covariance: estimateCovariance(matrix, { estimator, correlationShrinkage, annualisationDays }).covariance };
}

/** The sleeves' covariance of a kind. Errors: those of the two above; CombinationInputMissing. */
export function sleeveCovarianceOf(
  { positions, assetCovariance, sleeveReturns }: PlannedCombination,
  kind: 'positions' | 'realised',
): SleeveCovariance {
  const sleeves = Object.keys(positions).toSorted(byCodeUnits);
  if (kind === 'positions') {
    if (assetCovariance === null) throw needed('assetCovariance', 'the covariance of the assets is needed and not given');
    return covarianceOfPositions(positions, assetCovariance);
  }
  return covarianceOfReturns(sleeves, requireReturns(sleeveReturns));
}

export function requireReturns(given: SleeveReturns | null): SleeveReturns {
  if (given === null) throw needed('sleeveReturns', 'the returns of the sleeves are needed and not given');
  return given;
}

/**
 * What a total is multiplied by so that its volatility is the budgeted sum of the sleeves' volatilities, as if they moved together:
 * sum b_i sigma_i / sqrt(b'Cb). Ours, of no source. Errors: BudgetsUndetermined for a total without variance.
 */
export function correlationScale({ sleeves, covariance }: SleeveCovariance, budgets: NumberByName): number {
  const scale = diversificationRatio(
    covariance,
    sleeves.map((sleeve) => budgets[sleeve]!),
  );
  if (scale !== null) return scale;
  throw new LedgerError('BudgetsUndetermined', 'the combined sleeves have no variance, so that no correlation can be allowed for', {
    evidence: { sleeves: [...sleeves] },
    at: { path: 'correlationAware' },
  });
}

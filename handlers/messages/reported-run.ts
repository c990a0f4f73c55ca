import { admitReturns, admittedSymbol } from '../../domain/allocation/imported/admission.ts';
import type { SuppliedProfile } from '../../domain/allocation/imported/judgement.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { type DatedTable, parseTableText } from '../../domain/returns/table-text.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import { sortedBy } from '../../domain/shared/order.ts';
import type { ComputedSleeveRun } from '../../domain/sleeve-run/computed-run.ts';
import { computeReportedRun, type IdentifiedReportedRun, identifyReportedRun } from '../../domain/sleeve-run/reported-run.ts';
import { inlineSeries } from './result-rules.ts';
import { isReferenced, type ReferencedReturns, type ResultProfile, type SleeveResult } from './sleeve-result.ts';
import { refuseMessage } from './strict-json.ts';

/** Bytes of the artifacts that a result refers to, by address. */
export type ReferencedArtifacts = ReadonlyMap<string, Uint8Array>;

/** Addresses that must be at hand before a result can be computed. */
export function referencesOf(result: SleeveResult): string[] {
  return result.profiles.flatMap(({ returns }) => (isReferenced(returns) ? [returns.sha256] : []));
}

function tableIn(bytes: Uint8Array, sha256: string, path: string): DatedTable {
  try {
    return parseTableText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuseMessage(`${sha256} is not a table`, path);
  }
}

function referencedSeries(returns: ReferencedReturns, artifacts: ReferencedArtifacts, asOf: string, path: string): ReturnSeries {
  const bytes = artifacts.get(returns.sha256);
  if (bytes === undefined)
    throw new LedgerError('ArtifactMissing', `${path} refers to ${returns.sha256}, which is not stored`, {
      evidence: { sha256: returns.sha256 },
      at: { path },
    });
  const { dates, columns, values } = tableIn(bytes, returns.sha256, path);
  const [series] = values;
  if (series === undefined || columns.length !== 1 || dates.length === 0)
    return refuseMessage(`${returns.sha256} is not a table of one column of returns`, path);
  admitReturns({ dates, values: series }, asOf, path, refuseMessage);
  const { rows, first, last } = returns;
  if (dates.length !== rows || dates[0] !== first || dates.at(-1) !== last)
    refuseMessage(`says ${rows} rows from ${first} to ${last}, the table has ${dates.length} from ${dates[0]} to ${dates.at(-1)}`, path);
  return { dates, values: series };
}

function suppliedProfile(
  { risk, weights, returns }: ResultProfile,
  index: number,
  artifacts: ReferencedArtifacts,
  { asOf, rules }: { readonly asOf: string; readonly rules: number },
): SuppliedProfile {
  const path = `profiles[${index}]`;
  const series = isReferenced(returns) ? referencedSeries(returns, artifacts, asOf, `${path}.returns`) : inlineSeries(returns);
  return {
    stream: { risk, path: `${path}.returns`, engine: null, simulator: null, series },
    portfolio:
      weights === null
        ? null
        : {
            path: `${path}.weights`,
            weights: sortedBy(
              weights.map(({ symbol, weight }) => ({ symbol: admittedSymbol(symbol, rules), weight })),
              ({ symbol }) => symbol,
            ),
            grossSum: weights.reduce((sum, { weight }) => sum + Math.abs(weight), 0),
          },
  };
}

/** Names a result by its data. */
export function identifyResultRun(result: SleeveResult, sha256: Sha256): IdentifiedReportedRun {
  return identifyReportedRun(result, sha256);
}

/**
 * Computes a sleeve run from a result that came by message. Pure: replay calls it again with the data that the ledger kept.
 * Errors: MessageInvalid, ExchangeUnknown, ArtifactMissing for a reference that is not at hand.
 */
export function computeResultRun(
  result: SleeveResult,
  artifacts: ReferencedArtifacts,
  rules: number,
  sha256: Sha256,
  known: IdentifiedReportedRun | null = null,
): ComputedSleeveRun {
  requireRules(rules);
  const { profiles, asOf } = result;
  const supplied = profiles.map((profile, index) => suppliedProfile(profile, index, artifacts, { asOf, rules }));
  const references = profiles.flatMap(({ risk, returns }, index) =>
    isReferenced(returns) ? [{ name: `profiles[${index}].returns`, risk, bytes: artifacts.get(returns.sha256)! }] : [],
  );
  return computeReportedRun(result, { supplied, references }, rules, sha256, known ?? identifyReportedRun(result, sha256));
}

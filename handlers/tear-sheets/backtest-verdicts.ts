import { backtestVerdicts } from '../../domain/backtest-run/acceptance.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { performanceOf } from '../../domain/metrics/performance.ts';
import { columnNamed } from '../../domain/returns/table-text.ts';
import type { AcceptanceVerdict } from '../../domain/run/acceptance-verdict.ts';
import type { OpenedSeries } from '../../domain/tear-sheet/tear-sheet-input.ts';
import { leavesOf } from './backtest-risk.ts';
import type { TestedProfile } from './tested-profile.ts';

/** Sums of absolute leaf weights by sleeve, a row for each decision. */
function heldBySleeve({ detail, leafWeights }: TestedProfile, ids: readonly string[]): number[][] {
  const leaves = leavesOf(detail).map(({ key, sleeve }) => ({ place: ids.indexOf(sleeve), values: columnNamed(leafWeights, key) }));
  return leafWeights.dates.map((_, row) => {
    const held = ids.map(() => 0);
    for (const { place, values } of leaves) held[place] = held[place]! + Math.abs(values[row]!);
    return held;
  });
}

/** What was measured of a tested profile: `parts` are its sleeves on the rows that the book reports. */
export function verdictsOf(profile: TestedProfile, node: MetaNode, parts: readonly OpenedSeries[]): AcceptanceVerdict[] {
  const { facts, windows } = profile;
  const ids = parts.map(({ id }) => id);
  const { annualisationDays, turnover, metrics, risk } = facts;
  const { allocationStability } = turnover;
  return backtestVerdicts({
    risk,
    ids,
    weights: windows.map(({ weights }) => ids.map((id) => weights[id]!)),
    bounds: node.bounds,
    held: heldBySleeve(profile, ids),
    stability: allocationStability === null ? null : ids.map((id) => allocationStability[id]!),
    volatility: metrics.volatility,
    sleeveVolatilities: parts.map(({ series, opened }) => performanceOf(series, { annualisationDays, opened }).volatility),
  });
}

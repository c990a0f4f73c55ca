import type { BacktestDetail } from '../../domain/backtest-run/detail.ts';
import type { ContributionHistory } from '../../domain/tear-sheet/tear-sheet-input.ts';
import { columnNamed, type DatedTable } from '../../domain/returns/table-text.ts';
import type { TestedProfile } from './tested-profile.ts';

/** What shares are read from. */
type Shared = Pick<TestedProfile, 'joined' | 'returns' | 'decisions' | 'riskShares' | 'detail'> & {
  readonly facts: Pick<TestedProfile['facts'], 'realisedShares'>;
};

/** Something that carries risk: the leaf paths of which its share is the sum. */
interface Carrier {
  readonly id: string;
  readonly keys: readonly string[];
}

interface Leaf {
  readonly key: string;
  /** Directly below the portfolio. */
  readonly sleeve: string;
  readonly id: string;
}

/** Every asset of every sleeve, by the way to it. */
export function leavesOf({ sleeves }: BacktestDetail): Leaf[] {
  return sleeves.flatMap(({ path, columns }) =>
    columns.map((column) => ({ key: [...path, column].join('/'), sleeve: path[0]!, id: [...path, column].join(' / ') })),
  );
}

function carriersOf({ detail, joined }: Shared): Record<ContributionHistory['of'], readonly Carrier[]> {
  const leaves = leavesOf(detail);
  return {
    sleeves: joined.columns.map((id) => ({ id, keys: leaves.flatMap(({ key, sleeve }) => (sleeve === id ? [key] : [])) })),
    assets: leaves.map(({ id, key }) => ({ id, keys: [key] })),
  };
}

/** Shares by the columns of a table; a decision whose weights have no variance has an empty row, and is left out. */
function historyOf(
  kind: ContributionHistory['kind'],
  of: ContributionHistory['of'],
  table: DatedTable,
  carriers: readonly { readonly id: string; readonly columns: readonly string[] }[],
): ContributionHistory[] {
  const columns = carriers.map((carrier) => carrier.columns.map((name) => columnNamed(table, name)));
  const rows = table.dates.flatMap((date, row) => {
    const shares = columns.map((own) => own.reduce((sum, values) => sum + values[row]!, 0));
    return shares.some(Number.isNaN) ? [] : [{ date, shares }];
  });
  return rows.length === 0 ? [] : [{ kind, of, ids: carriers.map(({ id }) => id), rows }];
}

function columnsOf(kind: ContributionHistory['kind'], carriers: readonly Carrier[]): { readonly id: string; readonly columns: string[] }[] {
  return carriers.map(({ id, keys }) => ({ id, columns: keys.map((key) => `${kind}:${key}`) }));
}

function realised({ facts, detail, returns }: Shared): ContributionHistory[] {
  const { realisedShares } = facts;
  const { leafShares } = detail;
  if (realisedShares === null || leafShares === null) return [];
  const date = returns.dates.at(-1)!;
  const leaves = leavesOf(detail);
  const ids = Object.keys(realisedShares);
  return [
    { kind: 'realised', of: 'sleeves', ids, rows: [{ date, shares: ids.map((id) => realisedShares[id]!) }] },
    {
      kind: 'realised',
      of: 'assets',
      ids: leaves.map(({ id }) => id),
      rows: [{ date, shares: leaves.map(({ key }) => leafShares[key]!) }],
    },
  ];
}

/**
 * Who carried the risk of a tested profile, ex ante decision by decision and realised: each share as it was recorded, a sleeve's by one
 * covariance of all assets the sum over its leaf paths.
 */
export function backtestContributions(profile: Shared): ContributionHistory[] {
  const { decisions, riskShares } = profile;
  const { sleeves, assets } = carriersOf(profile);
  const bySleeve = sleeves.map(({ id }) => ({ id, columns: [`risk_share:${id}`] }));
  const ofPaths = (kind: 'optimiser' | 'joint', of: ContributionHistory['of']): ContributionHistory[] =>
    historyOf(kind, of, riskShares, columnsOf(kind, of === 'sleeves' ? sleeves : assets));
  return [
    ...historyOf('optimiser', 'sleeves', decisions, bySleeve),
    ...ofPaths('joint', 'sleeves'),
    ...ofPaths('optimiser', 'assets'),
    ...ofPaths('joint', 'assets'),
    ...realised(profile),
  ];
}

import type { BacktestDetail } from '../../domain/backtest-run/detail.ts';
import type { TestedProfileFacts, WindowAllocated } from '../../domain/backtest-run/events.ts';
import type { BacktestEvent } from '../../domain/backtest-run/slice.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { backtestDetail } from '../queries/verify-backtests.ts';

/** A tested profile of a backtest with the tables that its facts refer to. */
export interface TestedProfile {
  readonly facts: TestedProfileFacts;
  /** Decisions of the portfolio itself, in their order. */
  readonly windows: readonly WindowAllocated[];
  /** Decisions of the portfolios below it. */
  readonly below: readonly WindowAllocated[];
  readonly returns: DatedTable;
  readonly joined: DatedTable;
  readonly decisions: DatedTable;
  readonly leafWeights: DatedTable;
  readonly trades: DatedTable;
  /** Shares in the ex-ante risk of every leaf path, a row for each decision. */
  readonly riskShares: DatedTable;
  readonly detail: BacktestDetail;
}

async function testedProfile(artifacts: Artifacts, facts: TestedProfileFacts, windows: readonly WindowAllocated[]): Promise<TestedProfile> {
  const decided = windows.filter(({ risk }) => risk === facts.risk);
  const { returns, joined, decisions, leafWeights, trades, riskShares } = facts.tables;
  return {
    facts,
    windows: decided.filter(({ path }) => path.length === 0),
    below: decided.filter(({ path }) => path.length > 0),
    returns: await loadTable(artifacts, returns),
    joined: await loadTable(artifacts, joined),
    decisions: await loadTable(artifacts, decisions),
    leafWeights: await loadTable(artifacts, leafWeights),
    trades: await loadTable(artifacts, trades),
    riskShares: await loadTable(artifacts, riskShares),
    detail: await backtestDetail(artifacts, facts.detail),
  };
}

/** Every tested profile of a backtest, or one of them, in the order of its facts. Errors: ArtifactMissing, ArtifactDamaged. */
export async function testedProfiles(artifacts: Artifacts, facts: readonly BacktestEvent[], risk: string | null): Promise<TestedProfile[]> {
  const windows = dataOf(facts, 'WindowAllocated');
  const profiles: TestedProfile[] = [];
  for (const tested of dataOf(facts, 'BacktestCompleted').flatMap((data) => data.tested))
    if (risk === null || tested.risk === risk) profiles.push(await testedProfile(artifacts, tested, windows));
  return profiles;
}
